"""The protocol's exact sentences, and failures as values.

Hot: imports nothing.
"""

# Docker's client compares these with what the helper prints, byte for byte
# (docker-credential-helpers, credentials/error.go).
NOT_FOUND = "credentials not found in native keychain"
NO_SERVER = "no credentials server URL"
NO_USERNAME = "no credentials username"

# The ids of failures that deny nothing: AWS, or what gives the credentials, could not be reached or has no time for us.
OUTAGES = frozenset(
    (
        *("no-credentials", "metadata-hop-limit", "metadata-failed", "metadata-proxied"),
        *("container-unreachable", "dns-failed", "refused", "unreachable", "unanswered"),
        *("tls-untrusted", "tls-failed", "proxy-failed", "throttled", "service-failed", "timed-out"),
    )
)


class HelperError(Exception):
    """A failure that says what happened and how to mend it.

    `id` names it in the catalogue (catalogue.py), `message` is one sentence (standard output's, since the client puts
    it into its own error), `fix` is what to do about it, one step a line. None of them ever holds a secret.
    """

    def __init__(self, id: str, message: str, fix: str) -> None:  # noqa: A002  (its word)
        super().__init__(message)
        self.id = id
        self.message = message
        self.fix = fix

    @property
    def outage(self) -> bool:
        """Whether it is the one kind of failure that a token at hand may bridge."""
        return self.id in OUTAGES
