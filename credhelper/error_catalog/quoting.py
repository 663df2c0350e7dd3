"""Foreign text in our messages: bounded, printable, in one line, and without secrets.

Foreign is everything that this program did not write: names from a configuration file, what AWS, the metadata service
or a program printed, the text of an exception. The error catalog passes each field through `quote`.
"""

from __future__ import annotations

import re
import shlex

from credhelper.error_catalog.redaction import redact
from credhelper.errors import printable

MAX_LENGTH = 500  # characters of one quotation


def quote(text: str) -> str:
    """Return `text` in one line of at most MAX_LENGTH printable characters, without the secrets in it.

    Spaces within a line stay: they may be the reason for a failure, and a path with two of them is another path.
    """
    lines = text.expandtabs(1).splitlines()
    one_line = lines[0] if len(lines) == 1 else " ".join(filter(None, map(str.strip, lines)))
    return printable(redact(one_line)[:MAX_LENGTH])


def describe_type(error: BaseException) -> str:
    """Return the type of an exception in words, such as "value error": for one whose text may contain a secret."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower()


def shell_quote(text: str) -> str:
    """Return `text`, quoted as by `quote`, as one word of a shell command."""
    return shlex.quote(quote(text))
