"""`docker-credential-ecr import`: moves the logins that Docker's config.json holds as plain text into the keyring."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Callable

from credhelper.commands import moving
from credhelper.commands.moving import Move, Outlook, called
from credhelper.docker import auths
from credhelper.docker.auths import HELPER, HUB, asked, helper, holds_login, names
from credhelper.docker.draft import draft
from credhelper.errors import HelperError
from credhelper.host import canonical_host
from credhelper.logins import Login
from credhelper.logins.server import form_of, key_of
from credhelper.run import Result, run_with_deadline

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from credhelper.docker.auths import Document
    from credhelper.docker.config import Config
    from credhelper.logins import Logins
    from credhelper.run import Context
    from credhelper.settings import Settings

_EPILOG = """Each login is stored, and read again, before the file loses it: whatever interrupts this, it is in one of
them, and the same command goes on. The way back is export."""


def run(words: list[str], environ: Mapping[str, str], say: Callable[[bytes], bool]) -> Result:
    """Show what would be moved, with `say`, and move it if `words` have --yes."""
    parser = moving.parser("import", __doc__.partition(": ")[2], _EPILOG)
    options = parser.parse_args(words)
    if options.help:
        return Result(0, parser.format_help().encode())
    return run_with_deadline(lambda a_run: _import(options, a_run, say), environ)


def _import(options: argparse.Namespace, a_run: Context, say: Callable[[bytes], bool]) -> Result:
    said, config, logins = moving.opened(options, a_run)
    known = plan(config.document, said)
    place = functools.cache(logins.place)
    moves = [_compared(move, logins, place) for move in moving.chosen(known, options.host)]
    moves = together(moves, known, config.document)
    gone = [move.login for move in moves if move.login]
    absent = [f"{host}: {config.path} has no such entry" for host in moving.strangers(options.host, known)]
    there = "in" if config.data is not None else "since there is no"
    outlook = Outlook(
        lines=[
            *(f"{auths.shown(move.server)}: {move.told}" for move in moves),
            *(f'{host}: "{HELPER}" is named for it in "credHelpers"' for host in _unnamed(config.document, gone)),
            *absent,
        ],
        nothing="" if gone else f"there is nothing to move {there} {config.path}",
        done=f"done: {config.path} holds these logins no more",
        notes=logins.ledger.notes,
        status=1 if absent else 0,
    )
    return moving.carry_out(outlook, lambda: _move(config, gone, logins, a_run), say, yes=options.yes)


def plan(document: Document, said: Settings) -> list[Move]:
    """Give for each entry of the file the login that may move, or why there is none. Pure."""
    moves = [_planned(server, entry, said) for server, entry in auths.entries(document).items()]
    found: dict[str, set[tuple[str, str]]] = {}
    for _, _, login in moves:
        if login is not None:
            found.setdefault(key_of(login.server), set()).add((login.username, login.secret))
    return [_apart(move, found, document) for move in moves]


def together(moves: Sequence[Move], others: Iterable[Move], document: Document) -> list[Move]:
    """Let those of `moves` stay whose host has a login that stays, among them or the `others`. Pure."""
    entries = auths.entries(document)
    left = [move.server for move in (*moves, *others) if move.login is None and holds_login(entries[move.server])]
    hidden = set(_named(left)).difference(auths.named(document))
    return [_beside(move) if hidden.intersection(_named([move.server])) else move for move in moves]


def moved(document: Document, logins: Sequence[Login]) -> Document:
    """Give the document without `logins`, with us named for each: podman reads no `credsStore`. Pure."""
    entries = auths.entries(document)
    bare = {login.server: auths.without_login(entries[login.server]) for login in logins}
    return auths.with_helper(auths.with_entries(document, bare), _unnamed(document, logins))


def _planned(server: str, entry: Document, said: Settings) -> Move:
    try:
        found = auths.logins(entry)
    except ValueError as error:
        return Move(server, f"stays: {error}")
    if not found:
        only = "stays: it is a registry token, which no helper can keep"
        return Move(server, only if entry.get("registrytoken") else "has no login")
    why = "it holds more than one login, and a helper has one" if len(found) > 1 else _obstacle(server, said)
    return Move(server, f"stays: {why}") if why else Move(server, "", Login(server, *found[0]))


def _obstacle(server: str, said: Settings) -> str:
    """Give why no login of `server` can move, or ""."""
    try:
        host = canonical_host(server.encode("utf-8", "surrogatepass"))
        formed = form_of(server) == server
    except HelperError:
        formed = False
    if not formed:
        return "it is no registry's host"
    if said.target(host):
        return f"it is a registry of ECR, for which this machine's role answers; docker logout {host} removes it"
    delegate = said.delegate(host)
    if delegate is not None:
        return f"the settings leave it to docker-credential-{delegate.helper} ({delegate.place})"
    if asked(server) != HUB and key_of(asked(server)) != key_of(server):
        return "it is for a path, as podman has it, and helpers are asked for hosts"
    return ""


def _apart(move: Move, found: Mapping[str, set[tuple[str, str]]], document: Document) -> Move:
    """Let a login stay that the rest of the file keeps there."""
    if move.login is None:
        return move
    host = asked(move.server)
    name = helper(document, host)
    if name not in ("", HELPER):
        return Move(move.server, f"stays: Docker asks docker-credential-{name} for it, and podman this file")
    if host in (document.get("credHelpers") or {}) and not name:
        return Move(move.server, 'stays: "credHelpers" says that the file is asked for it')
    if len(found[key_of(move.server)]) > 1:
        return Move(move.server, "stays: the file has another login for the same registry, under another name")
    return move


def _beside(move: Move) -> Move:
    if move.login is None:
        return move
    return Move(move.server, "stays: another login for this host stays, and with a helper it would not be found")


def _compared(move: Move, logins: Logins, place: Callable[[], str]) -> Move:
    """Compare with what is stored: another login is not replaced."""
    if move.login is None:
        return move
    stored = logins.find(move.server)
    if stored is None:
        return move._replace(told=f"{called(move.login)} goes to {place()}")
    if _same(stored, move.login):
        return move._replace(told=f"{called(move.login)} is stored already, and leaves the file")
    erase = f"echo {move.server} | docker-credential-ecr erase"
    return Move(move.server, f"stays: {called(stored)} is stored for it already; {erase} forgets that")


def _same(one: Login | None, other: Login) -> bool:
    return one is not None and (one.username, one.secret) == (other.username, other.secret)


def _named(servers: Iterable[str]) -> Iterator[str]:
    """Give by what names `credHelpers` may have the hosts of entries."""
    yield from dict.fromkeys(name for server in servers for name in names(asked(server)))


def _unnamed(document: Document, logins: Sequence[Login]) -> Iterator[str]:
    """Give the hosts for which we have to be named."""
    helpers = document.get("credHelpers") or {}
    yield from (host for host in _named(login.server for login in logins) if host not in helpers)


def _move(config: Config, gone: Sequence[Login], logins: Logins, a_run: Context) -> list[str]:
    """Store them all, read them all again, and only then replace the file; give notes."""
    notes: list[str] = []
    a_run.progress.step(f"writing beside {config.path}")
    with draft(config, moved(config.document, gone)) as put:
        for login in gone:
            if logins.find(login.server) is None:
                notes += logins.store(login)
        for login in gone:
            if not _same(logins.find(login.server), login):
                raise HelperError(
                    "login-differs",
                    f"{login.server}: what is stored by now is not the login of the file, which stays as it is",
                    "look whether something else has logged in meanwhile, and do it again",
                )
        a_run.progress.step(f"replacing {config.path}")
        put()
    return notes
