"""What get-login and get-login-password share: a token that is asked for just now, for a region.

Such a token is stored by `docker login`, or put into a pull secret, where nobody renews it: it is a new one each time,
with all of its twelve hours, as that of `aws ecr get-login-password` is. It is bought for no host that is known
beforehand: no rule of the settings holds for it, and it is no entry.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Callable

from credhelper.errors import HelperError
from credhelper.registry import Registry, parse
from credhelper.run import PROGRAM, run_with_deadline
from credhelper.target import Target, TokenOptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credhelper.cache.record import Token
    from credhelper.run import Context, Result

_ANY = "000000000000"  # an account of no meaning: what AWS answers is the same for each


def reply(work: Callable[[Context], Result], environ: Mapping[str, str]) -> Result:
    """Give the reply of `work`, which has the time of a run. A failure leaves standard output empty, since a shell
    evaluates that, or pipes it into a login.
    """
    given = run_with_deadline(work, environ)
    return given if given.status == 0 else given._replace(stdout=b"")


def parser(command: str, summary: str, example: str) -> argparse.ArgumentParser:
    """Give a parser of the options that both have."""
    made = argparse.ArgumentParser(
        prog=f"{PROGRAM} {command}",
        description=summary,
        epilog=example,
        formatter_class=argparse.RawDescriptionHelpFormatter,  # a command of the example stays on its line
        add_help=False,
    )
    add = made.add_argument
    where = "else AWS_REGION's, AWS_DEFAULT_REGION's, the profile's, or the instance's own"
    add("--region", metavar="REGION", help=f"the region of the registry, such as us-east-1; {where}")
    which = "the profile of ~/.aws/config to use, whatever is set otherwise"
    add("--profile", metavar="NAME", type=_profile, help=which)
    add("-h", "--help", action="store_true", help="show this")
    return made


def _profile(text: str) -> str:
    if not text:  # a script's variable that is not set, say, and the default is another identity
        raise argparse.ArgumentTypeError("it names no profile")
    return text


def region(options: argparse.Namespace, a_run: Context) -> str:
    """Give the region that the words or the environment name. Raises HelperError where none does, or none that is
    well-formed.
    """
    named: str | None = options.region
    if named is None:
        # Off the way of whoever names it: botocore is loaded to read the profile.
        from credhelper.aws.region import find_region  # noqa: PLC0415

        named = find_region(a_run.environ, _target("the caller's own registry", "us-east-1", options), a_run.progress)
    if parse(Registry(_ANY, named).host) is None:
        raise HelperError("no-region", f"{named!a} is no region", "name one such as us-east-1: --region us-east-1")
    return named


def token(region: str, options: argparse.Namespace, a_run: Context) -> Token:
    """Ask AWS for a token of `region`. Raises HelperError."""
    from credhelper.aws.exchange import exchange  # noqa: PLC0415  (loads botocore, which --help does without)

    return exchange(_target(f"the registries of {region}", region, options), a_run.progress)


def _target(name: str, region: str, options: argparse.Namespace) -> Target:
    access = (
        TokenOptions(profile=options.profile, sources={"profile": "--profile"}) if options.profile else TokenOptions()
    )
    return Target(name, Registry(_ANY, region), access)
