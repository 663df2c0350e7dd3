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
    """A planned move for a server: the login that moves, or None, and a message for the user."""

    server: str
    message: str
    login: Login | None = None


class MigrationPlan(NamedTuple):
    """The output of a command that moves logins, planned before any change.

    `lines` are shown first. The line below them is `no_change_message` if there is nothing to do (otherwise it is ""),
    or `done_message` after the changes. `notes` are for standard error. `status` is the exit status: 1 if a part of the
    request cannot be done.
    """

    lines: Sequence[str]
    no_change_message: str
    done_message: str
    notes: Sequence[str]
    status: int


def make_parser(command: str, summary: str, epilog: str) -> argparse.ArgumentParser:
    """Return the parser of a command that moves logins."""
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} {command}", description=summary, epilog=epilog, add_help=False, allow_abbrev=False
    )
    add = parser.add_argument
    add("host", metavar="HOST", nargs="*", help="A registry, such as ghcr.io. The default is all registries.")
    add("--yes", action="store_true", help="Make the changes. Without this option, they are only shown.")
    config_help = (
        "Docker's config.json or its directory, or podman's auth.json. The default is in $DOCKER_CONFIG or ~/.docker."
    )
    add("--config", metavar="PATH", type=_parse_path, help=config_help)
    add("-h", "--help", action="store_true", help="Show this help and exit.")
    return parser


def describe(login: Login) -> str:
    """Return a description of a login for the user.

    It omits a user name that has no secret beside it, since the user name may be a secret itself.
    """
    if login.username == TOKEN_USERNAME:
        return "the identity token"
    return f"the login of {login.username}" if login.secret else "a login without a password"


def select_moves(moves: Iterable[Move], hosts: Sequence[str]) -> list[Move]:
    """Return the moves of the servers that match `hosts`, or all moves if `hosts` is empty."""
    return [move for move in moves if not hosts or any(_is_same_registry(host, move.server) for host in hosts)]


def unmatched(hosts: Iterable[str], moves: Sequence[Move]) -> list[str]:
    """Return those of `hosts` that do not match any server."""
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
    """Show the plan and, with `yes`, carry it out with `work`, which returns notes.

    Nothing is changed if the plan could not be shown.
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
    """Return whether `host` names the registry of `server`.

    A name of Docker Hub stands for its login and for the tokens beside it that a login in a browser left.
    """
    return equivalence_key(server) == equivalence_key(host) or (
        lookup_key(server) == DOCKER_HUB
        and (equivalence_key(host) in DOCKER_HUB_ALIASES or lookup_key(host) == DOCKER_HUB)
    )


def _parse_path(text: str) -> str:
    if not text:  # for example, from an unset variable of a script
        raise argparse.ArgumentTypeError("it names no file")
    return text
