"""`docker-credential-ecr import`: Move the logins that Docker's config.json holds as plain text to the keyring."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Callable

from credhelper.cli import migration
from credhelper.cli.migration import MigrationPlan, Move, describe
from credhelper.cli.runtime import run_with_deadline
from credhelper.docker_config import document as docker_document
from credhelper.docker_config.document import DOCKER_HUB, HELPER, aliases, has_login, helper_for, lookup_key
from credhelper.docker_config.replace import staged_replace
from credhelper.error_catalog.docker_config import LOGIN_DIFFERS
from credhelper.errors import HelperError
from credhelper.host import canonical_host
from credhelper.logins.login import Login
from credhelper.logins.server_forms import equivalence_key, normalize_form
from credhelper.system.context import Result

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from credhelper.docker_config.document import Document
    from credhelper.docker_config.file import Config
    from credhelper.logins.store import LoginStore
    from credhelper.settings.rules import Settings
    from credhelper.system.context import Context

_DESCRIPTION = "Move the logins that Docker's config.json holds as plain text to the keyring."
_EPILOG = """Each login is stored and read back before it is removed from the file. If the command is interrupted, each
login is still in the file or in the keyring; run the same command again to continue. To reverse the import, use
export."""


def run(argv: list[str], environ: Mapping[str, str], write_line: Callable[[bytes], bool]) -> Result:
    """Show the planned changes with `write_line`, and make them if `argv` has --yes."""
    parser = migration.make_parser("import", _DESCRIPTION, _EPILOG)
    options = parser.parse_args(argv)
    if options.help:
        return Result(0, parser.format_help().encode())
    return run_with_deadline(lambda context: _import(options, context, write_line), environ)


def _import(options: argparse.Namespace, context: Context, write_line: Callable[[bytes], bool]) -> Result:
    settings, config, login_store = migration.load_inputs(options, context)
    planned_moves = plan_moves(config.document, settings)
    describe_location = functools.cache(login_store.describe_location)
    moves = [
        _compare_with_store(move, login_store, describe_location)
        for move in migration.select_moves(planned_moves, options.host)
    ]
    moves = exclude_partial_hosts(moves, planned_moves, config.document)
    logins_to_move = [move.login for move in moves if move.login]
    unmatched_lines = [
        f"{host}: {config.path} has no such entry" for host in migration.unmatched(options.host, planned_moves)
    ]
    preposition = "in" if config.data is not None else "because there is no"
    plan = MigrationPlan(
        lines=[
            *(f"{docker_document.redacted(move.server)}: {move.message}" for move in moves),
            *(
                f'{host}: "{HELPER}" becomes its helper in "credHelpers"'
                for host in _iter_hosts_without_helper(config.document, logins_to_move)
            ),
            *unmatched_lines,
        ],
        no_change_message="" if logins_to_move else f"nothing to move {preposition} {config.path}",
        done_message=f"done: {config.path} no longer contains these logins",
        notes=login_store.index.notes,
        status=1 if unmatched_lines else 0,
    )
    return migration.apply(
        plan, lambda: _move_logins(config, logins_to_move, login_store, context), write_line, yes=options.yes
    )


def plan_moves(document: Document, settings: Settings) -> list[Move]:
    """Return a move for each entry of the file: the login that may move, or the reason why it stays. Pure."""
    moves = [_plan_move(server, entry, settings) for server, entry in docker_document.entries(document).items()]
    credentials_by_key: dict[str, set[tuple[str, str]]] = {}
    for _, _, login in moves:
        if login is not None:
            credentials_by_key.setdefault(equivalence_key(login.server), set()).add((login.username, login.secret))
    return [_exclude_conflict(move, credentials_by_key, document) for move in moves]


def exclude_partial_hosts(moves: Sequence[Move], others: Iterable[Move], document: Document) -> list[Move]:
    """Return `moves`, in which a login stays if another login for its host stays, in `moves` or in `others`. Pure."""
    entries = docker_document.entries(document)
    remaining_servers = [
        move.server for move in (*moves, *others) if move.login is None and has_login(entries[move.server])
    ]
    hidden_aliases = set(_iter_aliases(remaining_servers)).difference(docker_document.hosts_using_us(document))
    return [_exclude(move) if hidden_aliases.intersection(_iter_aliases([move.server])) else move for move in moves]


def remove_logins(document: Document, logins: Sequence[Login]) -> Document:
    """Return the document without `logins`, and with us named for each: podman does not read `credsStore`. Pure."""
    entries = docker_document.entries(document)
    stripped_entries = {login.server: docker_document.without_login(entries[login.server]) for login in logins}
    return docker_document.with_helper(
        docker_document.with_entries(document, stripped_entries), _iter_hosts_without_helper(document, logins)
    )


def _plan_move(server: str, entry: Document, settings: Settings) -> Move:
    try:
        pairs = docker_document.parse_logins(entry)
    except ValueError as error:
        return Move(server, f"remains: {error}")
    if not pairs:
        message = "remains: it is a registry token, which no helper can store"
        return Move(server, message if entry.get("registrytoken") else "has no login")
    reason = (
        "it contains more than one login, and a helper returns one"
        if len(pairs) > 1
        else _find_obstacle(server, settings)
    )
    return Move(server, f"remains: {reason}") if reason else Move(server, "", Login(server, *pairs[0]))


def _find_obstacle(server: str, settings: Settings) -> str:
    """Return the reason why a login of `server` cannot move, or ""."""
    try:
        host = canonical_host(server.encode("utf-8", "surrogatepass"))
        is_normalized = normalize_form(server) == server
    except HelperError:
        is_normalized = False
    if not is_normalized:
        return "it is not the host of a registry"
    if settings.find_target(host):
        return f"it is a registry in Amazon ECR, which needs no login; to remove it: docker logout {host}"
    delegate = settings.find_delegate(host)
    if delegate is not None:
        return f"the settings delegate it to docker-credential-{delegate.helper} ({delegate.location})"
    if lookup_key(server) != DOCKER_HUB and equivalence_key(lookup_key(server)) != equivalence_key(server):
        return "it is for a path, as in podman's file, and helpers are called for hosts"
    return ""


def _exclude_conflict(move: Move, credentials_by_key: Mapping[str, set[tuple[str, str]]], document: Document) -> Move:
    """Return `move`, or one whose login stays if the rest of the file requires that."""
    if move.login is None:
        return move
    host = lookup_key(move.server)
    helper_name = helper_for(document, host)
    if helper_name not in ("", HELPER):
        return Move(
            move.server, f"remains: Docker calls docker-credential-{helper_name} for it, and podman reads this file"
        )
    if host in (document.get("credHelpers") or {}) and not helper_name:
        return Move(move.server, 'remains: "credHelpers" says that Docker reads this file for it')
    if len(credentials_by_key[equivalence_key(move.server)]) > 1:
        return Move(move.server, "remains: the file has another login for the same registry under another name")
    return move


def _exclude(move: Move) -> Move:
    if move.login is None:
        return move
    return Move(
        move.server, "remains: another login for this host remains, and it would not be found if a helper were called"
    )


def _compare_with_store(move: Move, login_store: LoginStore, describe_location: Callable[[], str]) -> Move:
    """Return `move` after a comparison with the stored login; a different stored login is not replaced."""
    if move.login is None:
        return move
    stored_login = login_store.find(move.server)
    if stored_login is None:
        return move._replace(message=f"{describe(move.login)} is moved to {describe_location()}")
    if _is_same_login(stored_login, move.login):
        return move._replace(message=f"{describe(move.login)} is already stored, and is removed from the file")
    erase_command = f"echo {move.server} | docker-credential-ecr erase"
    return Move(
        move.server, f"remains: {describe(stored_login)} is already stored; to delete that one: {erase_command}"
    )


def _is_same_login(login: Login | None, other: Login) -> bool:
    return login is not None and (login.username, login.secret) == (other.username, other.secret)


def _iter_aliases(servers: Iterable[str]) -> Iterator[str]:
    """Yield the names under which `credHelpers` may contain the hosts of `servers`."""
    yield from dict.fromkeys(alias for server in servers for alias in aliases(lookup_key(server)))


def _iter_hosts_without_helper(document: Document, logins: Sequence[Login]) -> Iterator[str]:
    """Yield the hosts of `logins` for which `credHelpers` does not name a helper yet."""
    helpers = document.get("credHelpers") or {}
    yield from (host for host in _iter_aliases(login.server for login in logins) if host not in helpers)


def _move_logins(
    config: Config, logins_to_move: Sequence[Login], login_store: LoginStore, context: Context
) -> list[str]:
    """Store all logins, read all of them back, and only then replace the file; return notes for the user."""
    notes: list[str] = []
    context.progress.step(f"writing beside {config.path}")
    with staged_replace(config, remove_logins(config.document, logins_to_move)) as commit:
        for login in logins_to_move:
            if login_store.find(login.server) is None:
                notes += login_store.store(login)
        for login in logins_to_move:
            if not _is_same_login(login_store.find(login.server), login):
                raise LOGIN_DIFFERS.error(server=login.server)
        context.progress.step(f"replacing {config.path}")
        commit()
    return notes
