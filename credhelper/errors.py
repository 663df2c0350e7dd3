"""The error type, and the fixed error strings of the credential helper protocol.

On the hit path: imports nothing.
"""

# Docker's client compares these with the helper's output, byte for byte
# (docker-credential-helpers, credentials/error.go).
NOT_FOUND = "credentials not found in native keychain"
NO_SERVER = "no credentials server URL"
NO_USERNAME = "no credentials username"

HOST = "{host}"  # stands in a message for the host, until HelperError.for_host replaces it


def printable(text: str) -> str:
    """Return `text` on one line, without control characters for the terminal."""
    return "".join(character if character.isprintable() else "?" for character in text)


class HelperError(Exception):
    """An error with a message and the steps that fix it.

    `id` names its kind in the error catalog. `message` is one sentence: a client shows it as part of its own error.
    `fix` has one step per line. `is_transient` means that AWS or the credential source was unreachable or throttled the
    request, so that a stale token may be served. None of them contains a secret or an unprintable character.
    """

    def __init__(self, id: str, message: str, fix: str, *, is_transient: bool = False) -> None:  # noqa: A002
        self.id = id
        self.message = printable(message)
        self.fix = "\n".join(map(printable, fix.split("\n")))
        self.is_transient = is_transient
        super().__init__(self.message)

    def __reduce__(self) -> "tuple[object, ...]":
        """Support pickling: the error may come from another process, such as one of a pool."""
        return _unpickle, (self.id, self.message, self.fix, self.is_transient)

    def with_context(self, context: str) -> "HelperError":
        """Return the same error, with `context` before its message."""
        return HelperError(self.id, f"{context}: {self.message}", self.fix, is_transient=self.is_transient)

    def for_host(self, host: str) -> "HelperError":
        """Return the same error, with `host` in place of the placeholder in the texts of the catalog."""
        texts = (text.replace(HOST, host) for text in (self.message, self.fix))
        error = HelperError(self.id, *texts, is_transient=self.is_transient)
        error.__cause__ = self.__cause__
        return error


def _unpickle(id_: str, message: str, fix: str, is_transient: bool) -> HelperError:
    return HelperError(id_, message, fix, is_transient=is_transient)
