"""credhelper: a Docker credential helper for Amazon ECR that uses the machine's own role."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from credhelper.errors import HelperError
    from credhelper.tokens.api import Credentials

__version__ = "0.1.0"
__all__ = ["HelperError", "credentials"]


def credentials(server: str) -> "Credentials":
    """Return the user name and the secret for an ECR registry.

    `server` is a host, a URL, or a host with a path. This function is thread-safe. Call it each time credentials are
    needed: it calls AWS only once in six hours.

    Raises HelperError: an error of `docker-credential-ecr get` (docs/errors.md), "not-ecr" if the registry is not in
    ECR, or "public-anonymous" for ECR Public without AWS credentials.
    """
    # Imported lazily: this module is on the hit path, `api` is not.
    from credhelper.tokens import api  # noqa: PLC0415

    return api.credentials(server)


if not TYPE_CHECKING:
    # Imported lazily (PEP 562): importing `errors` takes a hundredth of a hit's time, and a hit raises no error.
    def __getattr__(name: str) -> object:
        if name != "HelperError":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from credhelper.errors import HelperError  # noqa: PLC0415

        return HelperError

    def __dir__() -> "list[str]":
        return sorted({*globals(), *__all__})
