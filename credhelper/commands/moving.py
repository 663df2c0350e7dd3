"""What import and export share: their words, and what a person is told, which is never a secret."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Callable, NamedTuple

from credhelper.docker.auths import HUB, TOKEN, asked
from credhelper.errors import plain
from credhelper.logins import Login
from credhelper.logins.server import key_of
from credhelper.run import PROGRAM, Reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHOWN = "nothing has been changed: the same with --yes does it"

_HUB = "docker.io", "index.docker.io", "registry-1.docker.io"  # what people call it


class Move(NamedTuple):
    """What is to be done for a server: its login moves, if it has one, and what a person is told of it."""

    server: str
    told: str
    login: Login | None = None


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


def show(lines: Iterable[str], say: Callable[[bytes], bool]) -> bool:
    """Show each line; False if one could not be: what nobody has seen is not done."""
    return all(say(f"{plain(line)}\n".encode("utf-8", "backslashreplace")) for line in lines)


def end(line: str, status: int, notes: Iterable[str] = ()) -> Reply:
    """Give the reply that ends what was shown."""
    return Reply(status, f"{plain(line)}\n".encode("utf-8", "backslashreplace"), list(dict.fromkeys(notes)))


def _means(host: str, server: str) -> bool:
    """By one name Docker asks for its own registry's login, and for the tokens beside it that a browser left."""
    return key_of(server) == key_of(host) or (asked(server) == HUB and (key_of(host) in _HUB or asked(host) == HUB))


def _path(text: str) -> str:
    if not text:  # a script's variable that is not set, say
        raise argparse.ArgumentTypeError("it names no file")
    return text
