"""credhelper: a Docker credential helper that answers for Amazon ECR with the machine's own role."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from credhelper.errors import HelperError
    from credhelper.tokens.api import Credentials

__version__ = "0.1.0"
__all__ = ["HelperError", "credentials"]


def credentials(server: str) -> "Credentials":
    """Return the user name and the secret for an ECR registry.

    `server` is a host, a URL, or a host with a path. Thread-safe. Call it each time they are needed: AWS is asked once
    in six hours.

    Raises HelperError: the error of `docker-credential-ecr get` (docs/errors.md), "not-ecr" for a registry that is not
    in ECR, and "public-anonymous" for ECR Public without AWS credentials.
    """
    # Imported lazily: this module is on the hit path, `api` is not.
    from credhelper.tokens import api  # noqa: PLC0415

    return api.credentials(server)


if not TYPE_CHECKING:
    # Imported lazily (PEP 562): `errors` is a hundredth of a hit's time, and a hit raises no error.
    def __getattr__(name: str) -> object:
        if name != "HelperError":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from credhelper.errors import HelperError  # noqa: PLC0415

        return HelperError

    def __dir__() -> "list[str]":
        return sorted({*globals(), *__all__})
