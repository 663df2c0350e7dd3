"""`docker-credential-ecr get-login-password`: a password and nothing else, for a pipe into docker login."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from credhelper.commands import anew
from credhelper.run import PROGRAM, Result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credhelper.run import Context

_EPILOG = f"""{PROGRAM} get-login-password --region REGION |
  docker login -u AWS --password-stdin https://ACCOUNT.dkr.ecr.REGION.amazonaws.com"""


def run(words: list[str], environ: Mapping[str, str], _: Callable[[bytes], bool]) -> Result:
    """Give a new password, good for twelve hours and for every registry of the region that the role may use."""
    parser = anew.parser("get-login-password", __doc__.partition(": ")[2], _EPILOG)
    options = parser.parse_args(words)
    if options.help:
        return Result(0, parser.format_help().encode())

    def work(a_run: Context) -> Result:
        token = anew.token(anew.region(options, a_run), options, a_run)
        return Result(0, f"{token.password}\n".encode(), token.notes)

    return anew.reply(work, environ)
