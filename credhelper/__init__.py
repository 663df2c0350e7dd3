"""credhelper: a Docker credential helper that answers for Amazon ECR with the machine's own role."""

from credhelper.errors import HelperError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from credhelper.tokens.api import Credentials

__version__ = "0.1.0"
__all__ = ["HelperError", "credentials"]


def credentials(server: str) -> "Credentials":
    """Give the user name and the secret for a registry of ECR, as any client would name it: a host, a URL, or a host
    with a path. Thread-safe, and meant to be called each time they are needed: AWS is asked once in six hours.

    Raises HelperError: what `docker-credential-ecr get` would have said (docs/errors.md), "not-ecr" for a registry that
    is not ECR's, and "public-anonymous" for ECR Public where nobody gives AWS credentials.
    """
    # Over a cliff: a hit of the helper loads this module, and nothing behind it.
    from credhelper.tokens import api  # noqa: PLC0415

    return api.credentials(server)
