"""Common parts of import and export: their options, and their messages to the user, which contain no secret."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Callable, NamedTuple

from credhelper.cli.error_text import PROGRAM
from credhelper.cli.runtime import load_context_settings
from credhelper.docker_config.document import DOCKER_HUB, DOCKER_HUB_ALIASES, TOKEN_USERNAME, lookup_key
from credhelper.docker_config.file import load, locate
from credhelper.error_catalog.docker_config import DOCKER_CONFIG_OF_OTHER
from credhelper.errors import printable
from credhelper.logins.login import Login
from credhelper.logins.server_forms import equivalence_key
from credhelper.logins.store import LoginStore
from credhelper.system.context import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from credhelper.docker_config.file import Config
    from credhelper.settings.rules import Settings
    from credhelper.system.context import Context


class Move(NamedTuple):
    """What is to be done for a server: its login moves, if it has one, and what a person is told of it."""

    server: str
    message: str
    login: Login | None = None


class MigrationPlan(NamedTuple):
    """What a person is shown before anything is done: `lines`, and below them `no_change_message`
    if there is nothing to be done ("" where there is), or `done_message` when it is done; notes on the side; and the
    exit status, which is 1 if something that was asked for cannot be done.
    """

    lines: Sequence[str]
    no_change_message: str
    done_message: str
    notes: Sequence[str]
    status: int


def make_parser(command: str, summary: str, epilog: str) -> argparse.ArgumentParser:
    """Give the parser of a command that moves logins."""
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} {command}", description=summary, epilog=epilog, add_help=False, allow_abbrev=False
    )
    add = parser.add_argument
    add("host", metavar="HOST", nargs="*", help="a registry, such as ghcr.io; without one, all of them")
    add("--yes", action="store_true", help="do it; without this it is only shown")
    config_help = (
        "Docker's config.json or the folder of it, or podman's auth.json; else it is $DOCKER_CONFIG's, or ~/.docker's"
    )
    add("--config", metavar="PATH", type=_parse_path, help=config_help)
    add("-h", "--help", action="store_true", help="show this")
    return parser


def describe(login: Login) -> str:
    """Give what a person calls a login. A user name that has no secret beside it may be one itself."""
    if login.username == TOKEN_USERNAME:
        return "the identity token"
    return f"the login of {login.username}" if login.secret else "a login without a password"


def select_moves(moves: Iterable[Move], hosts: Sequence[str]) -> list[Move]:
    """Give the moves of the servers that a person means by `hosts`, and of all where there are none."""
    return [move for move in moves if not hosts or any(_is_same_registry(host, move.server) for host in hosts)]


def unmatched(hosts: Iterable[str], moves: Sequence[Move]) -> list[str]:
    """Give those of `hosts` by which a person means none of the servers."""
    return [host for host in dict.fromkeys(hosts) if not select_moves(moves, [host])]


def load_inputs(options: argparse.Namespace, context: Context) -> tuple[Settings, Config, LoginStore]:
    """Return the settings, Docker's file, and the stored logins. Raises HelperError."""
    load_context_settings(context)
    context.progress.step("reading Docker's config.json")
    config = load(locate(context.environ, options.config))
    if config.stat_result is not None and config.stat_result.st_uid != os.geteuid():
        raise DOCKER_CONFIG_OF_OTHER.error(path=config.path)
    return context.settings, config, LoginStore(context)


def apply(
    plan: MigrationPlan, work: Callable[[], Iterable[str]], write_line: Callable[[bytes], bool], *, yes: bool
) -> Result:
    """Show what is to be done, and do it if a person said yes, by `work`, which gives notes. What could not be shown is
    not done.
    """
    if not all(write_line(_encode_line(line)) for line in plan.lines):
        return Result(1, b"", plan.notes)
    notes, final_line = list(plan.notes), plan.no_change_message
    if not final_line and yes:
        notes, final_line = [*notes, *work()], plan.done_message
    final_line = final_line or "nothing has been changed; run the command again with --yes to do it"
    return Result(plan.status, _encode_line(final_line), list(dict.fromkeys(notes)))


def _encode_line(text: str) -> bytes:
    return f"{printable(text)}\n".encode("utf-8", "backslashreplace")


def _is_same_registry(host: str, server: str) -> bool:
    """By one name Docker asks for its own registry's login, and for the tokens beside it that a browser left."""
    return equivalence_key(server) == equivalence_key(host) or (
        lookup_key(server) == DOCKER_HUB
        and (equivalence_key(host) in DOCKER_HUB_ALIASES or lookup_key(host) == DOCKER_HUB)
    )


def _parse_path(text: str) -> str:
    if not text:  # a script's variable that is not set, say
        raise argparse.ArgumentTypeError("it names no file")
    return text
