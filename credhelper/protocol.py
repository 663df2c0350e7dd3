"""Docker's verbs: get, store, erase, list, version.

The protocol is that of docker-credential-helpers (credentials/credentials.go): its usage line, its error strings,
everything for the client on standard output, exit status 1 for anything but an answer. Standard error is ours, and
the client passes it on to the person.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from credhelper import __version__, resolve, store
from credhelper.errors import NO_SERVER, NO_USERNAME, NOT_FOUND, HelperError
from credhelper.host import host_of
from credhelper.paths import cache_folder
from credhelper.registry import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from credhelper.entry import Moment

LARGEST_LOGIN = 1 << 16  # bytes
PROGRAM = "docker-credential-ecr"
USAGE = f"Usage: {PROGRAM} <store|get|erase|list|version>"
HELP = f"""{USAGE}

Docker runs this program: name it "ecr" in the credHelpers of Docker's config.json. By hand:
  echo HOST | {PROGRAM} get      print the user name and the token for a registry of ECR
  echo HOST | {PROGRAM} erase    forget its token; the next get asks AWS again
  {PROGRAM} list                 print the registries whose token is at hand
"""


class Reply(NamedTuple):
    """What a command leaves: the exit status, what goes to standard output, and notes for standard error."""

    status: int
    answer: bytes
    notes: Sequence[str] = ()


def run(words: list[str], read: Callable[[], bytes], environ: Mapping[str, str], now: Moment) -> Reply:
    """Run the command of `words`; `read` gives what the client sent, and is called only where a verb takes input."""
    try:
        return _run(words, read, environ, now)
    except HelperError as error:
        return _failure(error)
    except Exception as error:  # noqa: BLE001  (a fault of ours: still one line for the client, never a traceback)
        return _failure(_internal(error, environ))


def _run(words: list[str], read: Callable[[], bytes], environ: Mapping[str, str], now: Moment) -> Reply:
    verb = words[0] if len(words) == 1 else ""
    if verb in ("version", "--version", "-v"):
        return _say(f"{PROGRAM} (credhelper) {__version__}")
    if verb in ("--help", "-h"):
        return Reply(0, HELP.encode())
    if verb == "list":
        return _list(environ, now)
    if verb in _VERBS:
        return _VERBS[verb](read(), environ, now)
    return _say(f"{PROGRAM}: unknown action: {ascii(verb)[1:-1]}" if verb else USAGE, status=1)


def _get(given: bytes, environ: Mapping[str, str], now: Moment) -> Reply:
    host = host_of(given)
    registry = parse(host)
    if registry is None:
        return _say(NOT_FOUND, status=1)
    return Reply(*resolve.get(registry, environ, now))


def _store(given: bytes, _: Mapping[str, str], __: Moment) -> Reply:
    """`docker login` always stores after it succeeded, and fails if it cannot."""
    host = host_of(_field(given, "ServerURL", NO_SERVER).encode("utf-8", "surrogatepass"))
    _field(given, "Username", NO_USERNAME)
    if parse(host) is None:
        raise HelperError(
            "store-foreign",
            f"{host} is not a registry of ECR, and logins of other registries cannot be stored here",
            f'name another helper for it: "credHelpers": {{"{host}": ...}} in Docker\'s config.json',
        )
    note = f"{host}: the login was not kept: this machine's AWS role answers for this host"
    return Reply(0, b"", [note])


def _erase(given: bytes, environ: Mapping[str, str], _: Moment) -> Reply:
    """Nothing to erase is a success: podman and skopeo of Debian 12 crash on any other answer."""
    host = host_of(given)
    folder = cache_folder(environ)
    if folder is not None:
        _drop(folder, host)
    return Reply(0, b"")


def _list(environ: Mapping[str, str], now: Moment) -> Reply:
    """Docker gets each host that is listed, and one that fails loses them all: only what is at hand is named."""
    return _say(json.dumps(resolve.at_hand(environ, now)))


_VERBS = {"get": _get, "store": _store, "erase": _erase}


def _drop(folder: str, host: str) -> None:
    try:
        store.drop(folder, host)
    except OSError as error:
        raise HelperError(
            "erase-failed",
            f"the token of {host} could not be erased: {error.strerror}",
            f"remove the files of {host} in {folder}",
        ) from error


def _field(given: bytes, name: str, missing: str) -> str:
    """Give a field of what `store` was sent. Nothing of it is repeated in an error: it holds a password."""
    try:
        value = json.loads(given)[name] if len(given) <= LARGEST_LOGIN else None
    except KeyError:
        value = ""
    except (ValueError, TypeError, RecursionError):
        value = None
    if not isinstance(value, str):
        raise HelperError(
            "bad-login",
            "what the client sent is not a login: a JSON object with ServerURL, Username and Secret",
            "send what docker login sends",
        ) from None
    if not value:
        raise HelperError("bad-login", missing, "send ServerURL and Username with the login")
    return value


def _failure(error: HelperError) -> Reply:
    steps = "".join(f"\n  {step}" for step in error.fix.split("\n"))
    return Reply(1, f"{error.message}\n".encode("utf-8", "backslashreplace"), [f"{error.message} [{error.id}]{steps}"])


def _internal(error: Exception, environ: Mapping[str, str]) -> HelperError:
    detail = ""
    if environ.get("CREDHELPER_DEBUG"):
        import traceback  # noqa: PLC0415  (only for whoever asked)

        detail = "\n" + "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return HelperError(
        "internal",
        f"a fault of {PROGRAM} itself: {type(error).__name__}",
        f"please report it, with what CREDHELPER_DEBUG=1 prints{detail}",
    )


def _say(line: str, status: int = 0) -> Reply:
    return Reply(status, f"{line}\n".encode())
