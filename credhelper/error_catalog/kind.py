"""An error kind: one row of the error catalog, and how a row becomes a HelperError.

The texts of a row are templates. Code fills in the fields, and this module quotes them: as foreign text in prose, and
as one word of the shell in a command. So the author of a row cannot forget either.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple

from credhelper.errors import HOST, HelperError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Union

    # A sentence, a command, or a sentence that introduces a command. (Evaluating this takes 1 ms.)
    Step = Union[str, "Command", "tuple[str, Command]"]

INDENT = "  "  # precedes a command in the text of a fix
UNKNOWN_ERROR = "unknown error"  # where the operating system gives no reason


class Command(str):
    """A step that is a shell command. Each of its fields is one word."""

    __slots__ = ()


class ErrorKind(NamedTuple):
    """One way to fail.

    `when` is a clause for the docs. `message` says in one line what happened, without the host, and `why` is the cause,
    or "". `fix` is a list of steps; a step with an empty field is left out. `is_transient` means that nothing was
    denied: a service was unreachable, failed, or throttled the request, so that a stale token may be served. `stdout`
    describes what standard output has if it is not the message.

    Several rows may have one id: causes that a client need not distinguish, with texts of their own.

    No caller fills in the field {host}: HelperError.for_host does, where the host is known.
    """

    id: str
    when: str
    message: str
    why: str
    fix: tuple[Step, ...]
    is_transient: bool = False
    stdout: str = ""

    def error(self, **fields: str) -> HelperError:
        """Return the HelperError for this kind. `fields` are the values of the templates' fields, not yet quoted."""
        message, why = _format(self.message, fields), _format(self.why, fields)
        fix = "\n".join(line for step in self.fix for line in _format_step(step, fields))
        return HelperError(self.id, message, fix, why=why, is_transient=self.is_transient)


@contextlib.contextmanager
def for_host(host: str) -> Iterator[None]:
    """Fill in the host of a HelperError: at the edge, where the host is known."""
    try:
        yield
    except HelperError as error:
        raise error.for_host(host) from error.__cause__


def field_names(template: str) -> list[str]:
    """Return the names of the fields in a template, {host} not among them."""
    from string import Formatter  # noqa: PLC0415  (loads re, and only a failure needs it)

    return [name for _, name, _, _ in Formatter().parse(template) if name and name != "host"]


def name_fields(template: str) -> str:
    """Return a template with the name of each field in capitals, as in `--profile PROFILE`."""
    from string import Formatter  # noqa: PLC0415  (as above)

    return "".join(text + (name or "").upper() for text, name, _, _ in Formatter().parse(template))


def parts_of(step: Step) -> tuple[str, ...]:
    """Return the templates of a step, a line each: its sentence, its command, or both."""
    return step if isinstance(step, tuple) else (step,)


def _format_step(step: Step, fields: Mapping[str, str]) -> list[str]:
    """Return the lines of a step; none if one of its fields is empty."""
    templates = parts_of(step)
    if any(not fields[name] for template in templates for name in field_names(template)):
        return []
    return [
        INDENT + _format(template, fields) if isinstance(template, Command) else _format(template, fields)
        for template in templates
    ]


def _format(template: str, fields: Mapping[str, str]) -> str:
    # Imported lazily: each run loads rows, and only one that fails needs the regular expressions that find secrets.
    from credhelper.error_catalog.quoting import quote, shell_quote  # noqa: PLC0415

    quote_field = shell_quote if isinstance(template, Command) else quote
    values = {name: quote_field(fields[name]) for name in field_names(template)}
    return template.format(**values, host=HOST)
