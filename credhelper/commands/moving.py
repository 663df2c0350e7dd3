"""What import and export share: their words, and what a person is told, which is never a secret."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Callable, NamedTuple

from credhelper import settings
from credhelper.docker.auths import HUB, HUB_NAMES, TOKEN, asked
from credhelper.docker.config import load, locate
from credhelper.errors import HelperError, printable
from credhelper.logins import Login, Logins
from credhelper.logins.server import key_of
from credhelper.run import PROGRAM, Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from credhelper.docker.config import Config
    from credhelper.run import Context
    from credhelper.settings import Settings


class Move(NamedTuple):
    """What is to be done for a server: its login moves, if it has one, and what a person is told of it."""

    server: str
    told: str
    login: Login | None = None


class Outlook(NamedTuple):
    """What a person is shown before anything is done: `lines`, below which stands what there is to say if there is
    `nothing` to be done ("" where there is), or when it is `done`; notes on the side; and the exit status, which is 1
    if something that was asked for cannot be done.
    """

    lines: Sequence[str]
    nothing: str
    done: str
    notes: Sequence[str]
    status: int


def parser(command: str, summary: str, epilog: str) -> argparse.ArgumentParser:
    """Give the parser of a command that moves logins."""
    made = argparse.ArgumentParser(
        prog=f"{PROGRAM} {command}", description=summary, epilog=epilog, add_help=False, allow_abbrev=False
    )
    add = made.add_argument
    add("host", metavar="HOST", nargs="*", help="a registry, such as ghcr.io; without one, all of them")
    add("--yes", action="store_true", help="do it; without this it is only shown")
    where = (
        "Docker's config.json or the folder of it, or podman's auth.json; else it is $DOCKER_CONFIG's, or ~/.docker's"
    )
    add("--config", metavar="PATH", type=_path, help=where)
    add("-h", "--help", action="store_true", help="show this")
    return made


def called(login: Login) -> str:
    """Give what a person calls a login. A user name that has no secret beside it may be one itself."""
    if login.username == TOKEN:
        return "the identity token"
    return f"the login of {login.username}" if login.secret else "a login without a password"


def chosen(moves: Iterable[Move], hosts: Sequence[str]) -> list[Move]:
    """Give the moves of the servers that a person means by `hosts`, and of all where there are none."""
    return [move for move in moves if not hosts or any(_means(host, move.server) for host in hosts)]


def strangers(hosts: Iterable[str], moves: Sequence[Move]) -> list[str]:
    """Give those of `hosts` by which a person means none of the servers."""
    return [host for host in dict.fromkeys(hosts) if not chosen(moves, [host])]


def opened(options: argparse.Namespace, a_run: Context) -> tuple[Settings, Config, Logins]:
    """Give the settings, Docker's file, and the stored logins. Raises HelperError."""
    a_run.progress.step("reading the settings")
    said = settings.load(a_run.environ)
    a_run.progress.step("reading Docker's config.json")
    config = load(locate(a_run.environ, options.config))
    if config.seen is not None and config.seen.st_uid != os.geteuid():
        raise HelperError(
            "docker-config-unreadable",
            f"{config.path} belongs to another user, whose logins are not yours",
            "run it as that user: sudo -H -u USER ...",
        )
    return said, config, Logins(a_run.environ, said, a_run.progress)


def carry_out(
    outlook: Outlook, work: Callable[[], Iterable[str]], say: Callable[[bytes], bool], *, yes: bool
) -> Result:
    """Show what is to be done, and do it if a person said yes, by `work`, which gives notes. What could not be shown is
    not done.
    """
    if not all(say(_line(line)) for line in outlook.lines):
        return Result(1, b"", outlook.notes)
    notes, last = list(outlook.notes), outlook.nothing
    if not last and yes:
        notes, last = [*notes, *work()], outlook.done
    last = last or "nothing has been changed: the same with --yes does it"
    return Result(outlook.status, _line(last), list(dict.fromkeys(notes)))


def _line(text: str) -> bytes:
    return f"{printable(text)}\n".encode("utf-8", "backslashreplace")


def _means(host: str, server: str) -> bool:
    """By one name Docker asks for its own registry's login, and for the tokens beside it that a browser left."""
    return key_of(server) == key_of(host) or (
        asked(server) == HUB and (key_of(host) in HUB_NAMES or asked(host) == HUB)
    )


def _path(text: str) -> str:
    if not text:  # a script's variable that is not set, say
        raise argparse.ArgumentTypeError("it names no file")
    return text
