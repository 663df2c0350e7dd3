"""The protocol's exact sentences, and failures as values.

Hot: imports nothing.
"""

# Docker's client compares these with what the helper prints, byte for byte
# (docker-credential-helpers, credentials/error.go).
NOT_FOUND = "credentials not found in native keychain"
NO_SERVER = "no credentials server URL"
NO_USERNAME = "no credentials username"

# The ids of failures that deny nothing: AWS, or what gives the credentials, could not be reached or has no time for us.
TRANSIENT = frozenset(
    (
        *("no-credentials", "metadata-hop-limit", "metadata-failed", "metadata-proxied"),
        *("container-unreachable", "dns-failed", "refused", "unreachable", "unanswered"),
        *("tls-untrusted", "tls-failed", "proxy-failed", "throttled", "service-failed", "timed-out"),
    )
)


def printable(text: str) -> str:
    """Give a text in one line, and without what would move a terminal's cursor."""
    return "".join(character if character.isprintable() else "?" for character in text)


class HelperError(Exception):
    """A failure that says what happened and how to mend it.

    `id` names it in the catalogue (catalogue.py), `message` is one sentence (standard output's, since the client puts
    it into its own error), `fix` is what to do about it, one step a line. None of them ever holds a secret,
    nor what would move a terminal's cursor, whoever chose the names in it.
    """

    def __init__(self, id: str, message: str, fix: str) -> None:  # noqa: A002  (its word)
        self.id = id
        self.message = printable(message)
        self.fix = "\n".join(map(printable, fix.split("\n")))
        super().__init__(self.message)

    def __reduce__(self) -> "tuple[type[HelperError], tuple[str, str, str]]":
        """Let it come from another process, such as one of a pool."""
        return HelperError, (self.id, self.message, self.fix)

    @property
    def is_transient(self) -> bool:
        """Whether it is the one kind of failure that a token at hand may bridge."""
        return self.id in TRANSIENT
