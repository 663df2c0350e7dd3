"""What get-login and get-login-password share: a token that is asked for just now, for a region.

Such a token is stored by `docker login`, or put into a pull secret, where nobody renews it: it is a new one each time,
with all of its twelve hours, as that of `aws ecr get-login-password` is. It is bought for no host that is known
beforehand, and so is no entry either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from credhelper import protocol
from credhelper.errors import HelperError
from credhelper.registry import Registry, parse

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from credhelper.protocol import Reply
    from credhelper.record import Token
    from credhelper.watch import Watch

_ANY = "000000000000"  # an account of no meaning: what AWS answers is the same for each


def reply(environ: Mapping[str, str], work: Callable[[float, Watch], Reply]) -> Reply:
    """Give the reply of `work`, which has the time of a run. A failure leaves standard output empty, since it is
    evaluated by a shell, or piped into a login.
    """
    given = protocol.in_time(environ, work)
    return given if given.status == 0 else given._replace(answer=b"")


def add_region(parser: argparse.ArgumentParser) -> None:
    """Add the option that both have."""
    where = "else AWS_REGION's, AWS_DEFAULT_REGION's, the profile's, or the instance's own"
    parser.add_argument("--region", metavar="REGION", help=f"the region of the registry, such as us-east-1; {where}")


def region(named: str | None, environ: Mapping[str, str], watch: Watch) -> str:
    """Give the region that the words or the environment name. Raises HelperError where none does, or none that is
    well-formed.
    """
    if named is None:
        # Off the way of whoever names it: botocore is loaded to read the profile.
        from credhelper.aws.region import find  # noqa: PLC0415

        named = find(environ, Registry(_ANY, "us-east-1"), watch)
    if parse(Registry(_ANY, named).host) is None:
        raise HelperError("no-region", f"{named!a} is no region", "name one such as us-east-1: --region us-east-1")
    return named


def token(region: str, watch: Watch) -> Token:
    """Ask AWS for a token of `region`. Raises HelperError."""
    from credhelper.aws.exchange import exchange  # noqa: PLC0415  (loads botocore, which --help does without)

    return exchange(Registry(_ANY, region), watch)
