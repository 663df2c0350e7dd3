"""The error type, and the fixed error strings of the credential helper protocol.

On the hit path: imports nothing.
"""

# Docker's client compares these with the helper's output, byte for byte
# (docker-credential-helpers, credentials/error.go).
NOT_FOUND = "credentials not found in native keychain"
NO_SERVER = "no credentials server URL"
NO_USERNAME = "no credentials username"

PROTOCOL_STRINGS = (NOT_FOUND, NO_SERVER, NO_USERNAME)

HOST = "{host}"  # a placeholder in the texts of the catalog, until HelperError.for_host replaces it


def printable(text: str) -> str:
    """Return `text` on one line, without control characters for the terminal."""
    return "".join(character if character.isprintable() else "?" for character in text)


class HelperError(Exception):
    """An error, its cause, and the steps that fix it.

    `id` names its kind in the error catalog, and `message` says in one line what happened. `why` is the cause and
    `host` the registry; either can be empty. `fix` has one step per line, and a line that is a shell command is
    indented. `is_transient` means that AWS or the credential source was unreachable or throttled the request, so that a
    stale token may be served. None of the texts contains a secret or an unprintable character.

    `str()` returns the message, the host and the cause in one line.
    """

    def __init__(
        self,
        id: str,  # noqa: A002
        message: str,
        fix: str,
        *,
        why: str = "",
        host: str = "",
        is_transient: bool = False,
    ) -> None:
        self.id = id
        self.message = printable(message)
        self.fix = "\n".join(map(printable, fix.split("\n")))
        self.why = printable(why)
        self.host = printable(host)
        self.is_transient = is_transient
        super().__init__(self.message)

    def __str__(self) -> str:
        if self.message in PROTOCOL_STRINGS:  # clients compare it
            return self.message
        summary, separator, detail = self.message.partition(": ")
        host = f" for {self.host}" if self.host else ""
        why = f" ({self.why})" if self.why else ""
        return f"{summary}{host}{separator}{detail}{why}"

    def __reduce__(self) -> "tuple[object, ...]":
        """Support pickling: the error may come from another process, such as one of a pool."""
        return _unpickle, (self.id, self.message, self.fix, self.why, self.host, self.is_transient)

    def for_host(self, host: str) -> "HelperError":
        """Return the same error for `host`; unchanged if it has a host already."""
        if self.host:
            return self
        message, fix, why = (text.replace(HOST, host) for text in (self.message, self.fix, self.why))
        error = HelperError(self.id, message, fix, why=why, host=host, is_transient=self.is_transient)
        error.__cause__ = self.__cause__
        return error


def _unpickle(id_: str, message: str, fix: str, why: str, host: str, is_transient: bool) -> HelperError:
    return HelperError(id_, message, fix, why=why, host=host, is_transient=is_transient)
