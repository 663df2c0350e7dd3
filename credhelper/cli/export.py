"""`docker-credential-ecr export`: Write the stored logins back to Docker's config.json, as plain text.

Use this command to stop using the helper.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from credhelper.cli import migration
from credhelper.cli.error_text import PROGRAM
from credhelper.cli.migration import MigrationPlan, Move, describe
from credhelper.cli.runtime import run_with_deadline
from credhelper.docker_config import document as docker_document
from credhelper.docker_config.document import HELPER, aliases, has_login, lookup_key
from credhelper.docker_config.replace import staged_replace
from credhelper.logins.login import Login
from credhelper.logins.server_forms import equivalence_key
from credhelper.system.context import Result

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping

    from credhelper.docker_config.document import Document
    from credhelper.docker_config.file import Config
    from credhelper.system.context import Context

_DESCRIPTION = (
    "Write the stored logins back to Docker's config.json, as plain text. Use this command to stop using the helper."
)
_EPILOG = f"""Afterwards, only its owner can read the file. The logins also remain stored;
`echo HOST | {PROGRAM} erase` deletes one. To reverse the export, use import."""


def run(argv: list[str], environ: Mapping[str, str], write_line: Callable[[bytes], bool]) -> Result:
    """Show the planned changes with `write_line`, and make them if `argv` has --yes."""
    parser = migration.make_parser("export", _DESCRIPTION, _EPILOG)
    options = parser.parse_args(argv)
    if options.help:
        return Result(0, parser.format_help().encode())
    return run_with_deadline(lambda context: _export(options, context, write_line), environ)


def _export(options: argparse.Namespace, context: Context, write_line: Callable[[bytes], bool]) -> Result:
    _, config, login_store = migration.load_inputs(options, context)
    logins_and_notes = list(login_store.list_readable())
    problems = [*login_store.index.notes, *(item for item in logins_and_notes if isinstance(item, str))]
    planned_moves = plan_moves(config.document, [item for item in logins_and_notes if isinstance(item, Login)])
    moves = migration.select_moves(planned_moves, options.host)
    remaining_servers = [move.server for move in planned_moves if move not in moves or move.login is None]
    document = add_logins(
        config.document, moves, remaining_servers, remove_store=not (options.host or remaining_servers or problems)
    )
    unmatched_lines = [
        f"{host}: no login is stored for it" for host in migration.unmatched(options.host, planned_moves)
    ]
    plan = MigrationPlan(
        lines=[
            *(f"{docker_document.redacted(move.server)}: {move.message}" for move in moves),
            *_describe_changes(config, document),
            *unmatched_lines,
        ],
        no_change_message="" if document != config.document else f"nothing to write to {config.path}",
        done_message=f"done: {config.path} has these logins; they also remain stored",
        notes=problems,
        status=1 if unmatched_lines or problems else 0,
    )
    return migration.apply(plan, lambda: _write(config, document, context), write_line, yes=options.yes)


def plan_moves(document: Document, logins: Iterable[Login]) -> list[Move]:
    """Return a move for each login: whether the login can be written, and a message for the user. Pure."""
    entries = docker_document.entries(document)
    return [_plan_move(login, entries.get(login.server, {})) for login in logins]


def add_logins(
    document: Document, moves: Iterable[Move], remaining_servers: Iterable[str], *, remove_store: bool
) -> Document:
    """Return the document with the logins of `moves`, which Docker then reads from the file instead of from us. Pure.

    Docker still asks us for `remaining_servers`; with `remove_store`, it does not ask us for any other server.
    """
    logins = [move.login for move in moves if move.login]
    entries = docker_document.entries(document)
    new_entries = {
        server: docker_document.with_login(entries.get(server, {}), login.username, login.secret)
        for login in logins
        for server in _iter_servers_to_fill(login, entries, {other.server for other in logins})
    }
    hosts = {lookup_key(login.server) for login in logins} - set(map(lookup_key, remaining_servers))
    helper_hosts = {name for host in hosts for name in aliases(host)}
    new_document = docker_document.with_entries(document, new_entries)
    new_document = docker_document.without_helper(
        new_document, helper_hosts.intersection(docker_document.hosts_using_us(document))
    )
    return (
        docker_document.without_store(new_document)
        if remove_store and document.get("credsStore") == HELPER
        else new_document
    )


def _plan_move(login: Login, entry: Document) -> Move:
    server = login.server
    if ":" in login.username:
        return Move(server, "not written: its user name contains a colon, which the file cannot represent")
    try:
        pairs = docker_document.parse_logins(entry)
    except ValueError:
        pairs = [("", "")]
    if not pairs:
        return Move(server, f"{describe(login)} is written to the file", login)
    if pairs == [(login.username, login.secret)]:
        return Move(server, f"{describe(login)} is already in the file", login)
    return Move(server, "not written: the file has another login for this registry")


def _iter_servers_to_fill(login: Login, entries: Mapping[str, Document], forms: set[str]) -> Iterator[str]:
    """Yield the servers whose entries, which have no login yet, are to contain `login`.

    These are its own form and the entries of the same registry: Docker would take one of the latter for the login.
    """
    equivalents = (
        server for server in entries if server not in forms and equivalence_key(server) == equivalence_key(login.server)
    )
    for server in (login.server, *equivalents):
        if not has_login(entries.get(server, {})):
            yield server


def _describe_changes(config: Config, document: Document) -> Iterator[str]:
    """Yield a line for each change to the file apart from its logins."""
    remaining_hosts = docker_document.hosts_using_us(document)
    for host in docker_document.hosts_using_us(config.document):
        if host not in remaining_hosts:
            other_helper = docker_document.helper_for(document, host)
            responder = f"docker-credential-{other_helper}" if other_helper else "the file"
            yield f'{host}: "{HELPER}" is removed from "credHelpers"; Docker then uses {responder}'
    if config.document.get("credsStore") == HELPER:
        kept_clause = f'remains "{HELPER}": Docker still calls this helper and does not read the file'
        removed_clause = f'is "{HELPER}" no more: of ECR\'s registries Docker asks it for those in "credHelpers" alone'
        yield f'"credsStore" {kept_clause if "credsStore" in document else removed_clause}'
    if config.stat_result is not None and config.stat_result.st_mode & 0o077 and document != config.document:
        yield f"{config.path}: only its owner will be able to read it (mode 0600)"


def _write(config: Config, document: Document, context: Context) -> list[str]:
    context.progress.step(f"replacing {config.path}")
    with staged_replace(config, document, private=True) as commit:
        commit()
    return []
