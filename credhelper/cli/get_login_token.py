"""Common parts of get-login and get-login-password: their options, and a new token for a region.

Such a token is stored by `docker login` or put into a pull secret, where it is not renewed. Each token is therefore new
and valid for its full twelve hours, like that of `aws ecr get-login-password`. The host is not known in advance, so
rules of the settings do not apply and the token is not cached.
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

_PLACEHOLDER_ACCOUNT = "000000000000"  # an arbitrary account: the answer of AWS is the same for all of them


def run_for_shell(work: Callable[[Context], Result], environ: Mapping[str, str]) -> Result:
    """Return the result of `work`, within the timeout of a run.

    After a failure standard output is empty, since a shell evaluates it or pipes it into a login.
    """
    result = run_with_deadline(work, environ)
    return result if result.status == 0 else result._replace(stdout=b"")


def make_parser(command: str, summary: str, example: str) -> argparse.ArgumentParser:
    """Return a parser for the options that both commands have."""
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} {command}",
        description=summary,
        epilog=example,
        formatter_class=argparse.RawDescriptionHelpFormatter,  # keeps the line breaks of the example
        add_help=False,
    )
    add = parser.add_argument
    fallback_help = "By default, it is AWS_REGION, AWS_DEFAULT_REGION, the profile's region, or the instance's region."
    add("--region", metavar="REGION", help=f"The region of the registry, such as us-east-1. {fallback_help}")
    profile_help = "The profile of ~/.aws/config to use. It overrides the environment and the settings."
    add("--profile", metavar="NAME", type=_parse_profile, help=profile_help)
    add("-h", "--help", action="store_true", help="Show this help and exit.")
    return parser


def _parse_profile(text: str) -> str:
    if not text:  # for example, from an unset variable of a script: the default would be another identity
        raise argparse.ArgumentTypeError("it names no profile")
    return text


def select_region(options: argparse.Namespace, context: Context) -> str:
    """Return the region that the options or the environment select.

    Raises HelperError if there is no region, or if it is malformed.
    """
    region_name: str | None = options.region
    if region_name is None:
        # Imported lazily: it loads botocore to read the profile, which is not needed if --region is given.
        from credhelper.aws.region import find_region  # noqa: PLC0415

        target = _make_target("the caller's own registry", "us-east-1", options)
        with for_host(target.host):
            region_name = find_region(context.environ, target, context.progress)
    if parse(Registry(_PLACEHOLDER_ACCOUNT, region_name).host) is None:
        raise BAD_REGION.error(region=region_name)
    return region_name


def fetch_token(region: str, options: argparse.Namespace, context: Context) -> Token:
    """Fetch a token for `region` from AWS. Raises HelperError."""
    from credhelper.aws.exchange import exchange  # noqa: PLC0415  (loads botocore, which --help does not need)

    target = _make_target(f"the registries in {region}", region, options)
    with for_host(target.host):
        return exchange(target, context.progress)


def _make_target(name: str, region: str, options: argparse.Namespace) -> Target:
    token_options = (
        TokenOptions(profile=options.profile, sources={"profile": "--profile"}) if options.profile else TokenOptions()
    )
    return Target(name, Registry(_PLACEHOLDER_ACCOUNT, region), token_options)
