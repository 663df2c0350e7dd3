"""The text of an error: some lines for the user on standard error, and one line for the client on standard output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credhelper.error_catalog.kind import INDENT
from credhelper.errors import PROTOCOL_STRINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from credhelper.errors import HelperError

PROGRAM = "docker-credential-ecr"

MAX_LINE_LENGTH = 300  # characters: clients put the line into a message of their own
_WIDTH = 80  # columns
_INDENT = " " * 8  # the width of "  for   "


def format_error(error: HelperError) -> str:
    """Return the lines for the user. Prose is wrapped; a command has a line of its own, to be copied."""
    return "\n".join(_format_lines(error))


def format_line(error: HelperError) -> str:
    """Return the line for the client: what happened, for which host, why, and the id, at most 300 characters.

    Docker 29, docker-py, podman and Compose show only this. The protocol's own error strings stay as they are.
    """
    if error.message in PROTOCOL_STRINGS:
        return error.message
    text, suffix = str(error), f" [{error.id}]"
    limit = MAX_LINE_LENGTH - len(suffix)
    return f"{text if len(text) <= limit else text[: limit - 3] + '...'}{suffix}"


def _format_lines(error: HelperError) -> Iterator[str]:
    yield error.message
    yield from format_section("for", error.host)
    yield from format_section("why", error.why)
    yield from format_section("fix", error.fix)
    yield f"  more  {PROGRAM} explain {error.id}"


def format_section(label: str, text: str) -> Iterator[str]:
    """Yield the lines of a section with a label of at most 4 letters; none for an empty text."""
    lines = [line for paragraph in text.split("\n") if text for line in _wrap(paragraph)]
    for index, line in enumerate(lines):
        yield f"{'' if index else f'  {label}':<{len(_INDENT)}}{line}".rstrip()


def _wrap(paragraph: str) -> list[str]:
    """Return the lines of a paragraph. Ids, ARNs and hosts are not broken, and a command is one line."""
    if paragraph.startswith(INDENT):
        return [paragraph[len(INDENT) :]]
    import textwrap  # noqa: PLC0415  (loads re, and only a failure needs it)

    return textwrap.wrap(paragraph, _WIDTH - len(_INDENT), break_long_words=False, break_on_hyphens=False)
