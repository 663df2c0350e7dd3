"""`explain ID`: the rows of the error catalog for one id; without an ID, a list of all ids."""

from __future__ import annotations

import argparse
import difflib
from typing import TYPE_CHECKING

from credhelper.cli.error_text import PROGRAM, format_section
from credhelper.error_catalog.catalog import ERROR_KINDS
from credhelper.error_catalog.kind import INDENT, Command, name_fields, parts_of
from credhelper.system.context import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from credhelper.error_catalog.kind import ErrorKind

_DESCRIPTION = "Explain an error: when it occurs, its message, its cause and its fix. Without ID, list all ids."
_EPILOG = "A word in capitals, such as PROFILE, stands for a value that the error message contains."
_STALE = {
    True: "a cached token that has not expired is used until the error is fixed",
    False: "a cached token is not used after this error",
}


def run(argv: list[str], environ: Mapping[str, str], write_line: Callable[[bytes], bool]) -> Result:  # noqa: ARG001
    """Print the rows for the id in `argv`, or the list of all ids."""
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} explain", description=_DESCRIPTION, epilog=_EPILOG, add_help=False, allow_abbrev=False
    )
    parser.add_argument("id", metavar="ID", nargs="?", help="the id of an error, such as policy-missing")
    parser.add_argument("-h", "--help", action="store_true", help="print this help")
    options = parser.parse_args(argv)
    if options.help:
        return Result(0, parser.format_help().encode())
    kinds = [kind for kind in ERROR_KINDS if kind.id == options.id]
    if options.id and not kinds:
        parser.error(f"unknown error id: {ascii(options.id)[1:-1]}{_suggest(options.id)}")
    lines = _explain(kinds) if kinds else _list_ids()
    return Result(0, "".join(f"{line}\n" for line in lines).encode())


def _suggest(id_: str) -> str:
    matches = difflib.get_close_matches(id_, [kind.id for kind in ERROR_KINDS], 1)
    return f"; did you mean {matches[0]}?" if matches else f"; `{PROGRAM} explain` lists all ids"


def _list_ids() -> Iterator[str]:
    """Yield each id once, with the first of its rows."""
    width = max(len(kind.id) for kind in ERROR_KINDS)
    for id_ in sorted({kind.id for kind in ERROR_KINDS}):
        when = next(kind.when for kind in ERROR_KINDS if kind.id == id_)
        yield f"{id_:<{width}}  {when}"


def _explain(kinds: list[ErrorKind]) -> Iterator[str]:
    yield kinds[0].id
    for index, kind in enumerate(kinds):
        if index:
            yield ""
        yield from format_section("when", kind.when)
        yield from format_section("text", name_fields(kind.message))
        yield from format_section("why", name_fields(kind.why))
        yield from format_section("fix", _name_fields_of_fix(kind))
    yield ""
    yield from format_section("note", _STALE[kinds[0].is_transient])


def _name_fields_of_fix(kind: ErrorKind) -> str:
    parts = (part for step in kind.fix for part in parts_of(step))
    return "\n".join(f"{INDENT if isinstance(part, Command) else ''}{name_fields(part)}" for part in parts)
