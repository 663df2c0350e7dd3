"""What get-login and get-login-password share: a token that is asked for just now, for a region.

Such a token is stored by `docker login`, or put into a pull secret, where nobody renews it: it is a new one each time,
with all of its twelve hours, as that of `aws ecr get-login-password` is. It is fetched for no host that is known
beforehand: no rule of the settings holds for it, and it is no entry.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Callable

from credhelper.cli.error_text import PROGRAM
from credhelper.cli.runtime import run_with_deadline
from credhelper.ecr.registry import Registry, parse
from credhelper.ecr.target import Target, TokenOptions
from credhelper.error_catalog.client import BAD_REGION
from credhelper.error_catalog.kind import for_host

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credhelper.ecr.token import Token
    from credhelper.system.context import Context, Result

_PLACEHOLDER_ACCOUNT = "000000000000"  # an account of no meaning: what AWS answers is the same for each


def run_for_shell(work: Callable[[Context], Result], environ: Mapping[str, str]) -> Result:
    """Give the reply of `work`, which has the time of a run. A failure leaves standard output empty, since a shell
    evaluates that, or pipes it into a login.
    """
    result = run_with_deadline(work, environ)
    return result if result.status == 0 else result._replace(stdout=b"")


def make_parser(command: str, summary: str, example: str) -> argparse.ArgumentParser:
    """Give a parser of the options that both have."""
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} {command}",
        description=summary,
        epilog=example,
        formatter_class=argparse.RawDescriptionHelpFormatter,  # a command of the example stays on its line
        add_help=False,
    )
    add = parser.add_argument
    fallback_help = "else AWS_REGION's, AWS_DEFAULT_REGION's, the profile's, or the instance's own"
    add("--region", metavar="REGION", help=f"the region of the registry, such as us-east-1; {fallback_help}")
    profile_help = "the profile of ~/.aws/config to use, whatever is set otherwise"
    add("--profile", metavar="NAME", type=_parse_profile, help=profile_help)
    add("-h", "--help", action="store_true", help="show this")
    return parser


def _parse_profile(text: str) -> str:
    if not text:  # a script's variable that is not set, say, and the default is another identity
        raise argparse.ArgumentTypeError("it names no profile")
    return text


def select_region(options: argparse.Namespace, context: Context) -> str:
    """Give the region that the words or the environment name. Raises HelperError where none does, or none that is
    well-formed.
    """
    region_name: str | None = options.region
    if region_name is None:
        # Off the way of whoever names it: botocore is loaded to read the profile.
        from credhelper.aws.region import find_region  # noqa: PLC0415

        target = _make_target("the caller's own registry", "us-east-1", options)
        with for_host(target.host):
            region_name = find_region(context.environ, target, context.progress)
    if parse(Registry(_PLACEHOLDER_ACCOUNT, region_name).host) is None:
        raise BAD_REGION.error(region=region_name)
    return region_name


def fetch_token(region: str, options: argparse.Namespace, context: Context) -> Token:
    """Ask AWS for a token of `region`. Raises HelperError."""
    from credhelper.aws.exchange import exchange  # noqa: PLC0415  (loads botocore, which --help does without)

    target = _make_target(f"the registries in {region}", region, options)
    with for_host(target.host):
        return exchange(target, context.progress)


def _make_target(name: str, region: str, options: argparse.Namespace) -> Target:
    token_options = (
        TokenOptions(profile=options.profile, sources={"profile": "--profile"}) if options.profile else TokenOptions()
    )
    return Target(name, Registry(_PLACEHOLDER_ACCOUNT, region), token_options)
