"""`docker-credential-ecr get-login-password`: Print only a password, to be piped to docker login."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from credhelper.cli import get_login_token
from credhelper.cli.error_text import PROGRAM
from credhelper.system.context import Result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credhelper.system.context import Context

_DESCRIPTION = "Print only a password, to be piped to docker login."
_EPILOG = f"""Example:
  {PROGRAM} get-login-password --region REGION |
    docker login -u AWS --password-stdin https://ACCOUNT.dkr.ecr.REGION.amazonaws.com"""


def run(argv: list[str], environ: Mapping[str, str], _: Callable[[bytes], bool]) -> Result:
    """Return a new password, valid for twelve hours and for every registry of the region that the role may use."""
    parser = get_login_token.make_parser("get-login-password", _DESCRIPTION, _EPILOG)
    options = parser.parse_args(argv)
    if options.help:
        return Result(0, parser.format_help().encode())

    def work(context: Context) -> Result:
        token = get_login_token.fetch_token(get_login_token.select_region(options, context), options, context)
        return Result(0, f"{token.password}\n".encode(), token.notes)

    return get_login_token.run_for_shell(work, environ)
