"""Docker's verbs: get, store, erase, list, version.

The protocol is that of docker-credential-helpers (credentials/credentials.go): its usage line, its error strings,
everything for the client on standard output, exit status 1 for anything but an answer. Standard error is ours, and
the client passes it on to the person.
"""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, NamedTuple

from credhelper import __version__, children, patience, settings, store
from credhelper.entry import moment
from credhelper.errors import NO_SERVER, NO_USERNAME, NOT_FOUND, HelperError
from credhelper.host import host_of
from credhelper.paths import cache_folder
from credhelper.resolve import Errand
from credhelper.shelf import Shelf
from credhelper.target import Access
from credhelper.watch import TimedOut, Watch, within

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from credhelper.settings import Settings
    from credhelper.target import Target

LARGEST_LOGIN = 1 << 16  # bytes
PROGRAM = "docker-credential-ecr"
USAGE = f"Usage: {PROGRAM} <store|get|erase|list|version>"
HELP = f"""{USAGE}

Docker runs this program: name it "ecr" in the credHelpers of Docker's config.json. By hand:
  echo HOST | {PROGRAM} get      print the user name and the token for a registry of ECR
  echo HOST | {PROGRAM} erase    forget its token; the next get asks AWS again
  {PROGRAM} list                 print the registries whose token is at hand
  {PROGRAM} refresh [HOST...]    ask AWS for new tokens now; --help says more
  {PROGRAM} get-login            print the docker login line of old; --help says more
  {PROGRAM} get-login-password   print a password for docker login --password-stdin
"""


class Reply(NamedTuple):
    """What a command leaves: the exit status, what goes to standard output, and notes for standard error."""

    status: int
    answer: bytes
    notes: Sequence[str] = ()


class Run:
    """What one run of a command has: what the client sent, when it is asked for; the environment; and the time."""

    def __init__(self, read: Callable[[], bytes], environ: Mapping[str, str], seconds: float, watch: Watch) -> None:
        self.read = read
        self.environ = environ
        self.seconds = seconds
        self.watch = watch
        self.debug: list[str] = []
        self.access = Access()

    def follow(self, access: Access) -> None:
        """Follow a rule, which may give the run another time than it began with, and the kernel's alarm behind it
        (__main__.py) as well.
        """
        self.access = access
        if not access.timeout:
            return
        self.seconds = access.timeout
        if hasattr(signal, "setitimer") and signal.getitimer(signal.ITIMER_REAL) != (0.0, 0.0):
            signal.setitimer(signal.ITIMER_REAL, self.seconds + 1)


def run(words: list[str], read: Callable[[], bytes], environ: Mapping[str, str]) -> Reply:
    """Run the verb of `words`; `read` gives what the client sent, and is called only where a verb takes input."""
    return in_time(lambda a_run: _answer(words, a_run), environ, read)


def in_time(work: Callable[[Run], Reply], environ: Mapping[str, str], read: Callable[[], bytes] = bytes) -> Reply:
    """Give the reply of `work`, or the one that tells its failure.

    Whatever hangs, it ends within the seconds that a run has (patience.py); what hung then leaves the process with it.
    """
    seconds, complaint = patience.of_run(environ)
    watch = Watch()
    a_run = Run(read, environ, seconds, watch)
    try:
        status, answer, notes = within(lambda: a_run.seconds, lambda: work(a_run), watch)
    except TimedOut:
        status, answer, notes = failure(_timed_out(a_run))
    except HelperError as error:
        status, answer, notes = failure(error)
    except Exception as error:  # noqa: BLE001  (a fault of ours: still one line for the client, never a traceback)
        status, answer, notes = failure(internal(error, environ))
    if watch.left_behind:
        children.end()
    return Reply(status, answer, [*a_run.debug, *([complaint] if complaint else ()), *notes])


def _answer(words: list[str], a_run: Run) -> Reply:
    verb = words[0] if len(words) == 1 else ""
    if verb in ("version", "--version", "-v"):
        return _say(f"{PROGRAM} (credhelper) {__version__}")
    if verb in ("--help", "-h"):
        return Reply(0, HELP.encode())
    if verb in _VERBS:
        return _VERBS[verb](a_run)
    return _say(f"{PROGRAM}: unknown action: {ascii(verb)[1:-1]}" if verb else USAGE, status=1)


def _get(a_run: Run) -> Reply:
    host = host_of(a_run.read())
    a_run.watch.doing("reading the settings")
    said = settings.load(a_run.environ)
    target = said.target(host)
    if target is None:
        return _say(NOT_FOUND, status=1)
    return Reply(*errand(target, said, a_run).get())


def errand(target: Target, said: Settings, a_run: Run) -> Errand:
    """Give the errand of a run that is for `target`, whose rule may allow it another time."""
    a_run.follow(target.access)
    if a_run.environ.get("CREDHELPER_DEBUG"):
        from credhelper.settings.effective import effective  # noqa: PLC0415  (only for whoever asked)

        a_run.debug += [f"{target.host}: {value}" for value in effective(target, a_run.environ)]
    return Errand(target, Shelf(a_run.environ, said), a_run.seconds, watch=a_run.watch)


def _store(a_run: Run) -> Reply:
    """`docker login` always stores after it succeeded, and fails if it cannot."""
    given = a_run.read()
    host = host_of(_field(given, "ServerURL", NO_SERVER).encode("utf-8", "surrogatepass"))
    _field(given, "Username", NO_USERNAME)
    if settings.load(a_run.environ).target(host) is None:
        raise HelperError(
            "store-foreign",
            f"{host} is not a registry of ECR, and logins of other registries cannot be stored here",
            f'name another helper for it: "credHelpers": {{"{host}": ...}} in Docker\'s config.json',
        )
    note = f"{host}: the login was not kept: this machine's AWS role answers for this host"
    return Reply(0, b"", [note])


def _erase(a_run: Run) -> Reply:
    """Nothing to erase is a success: podman and skopeo of Debian 12 crash on any other answer."""
    host = host_of(a_run.read())
    folder = cache_folder(a_run.environ)
    if folder is not None:
        _drop(folder, host)
    return Reply(0, b"")


def _list(a_run: Run) -> Reply:
    """Docker gets each host that is listed, and one that fails loses them all: only what is at hand is named."""
    return _say(json.dumps(Shelf(a_run.environ, settings.load(a_run.environ)).at_hand(moment())))


_VERBS = {"get": _get, "store": _store, "erase": _erase, "list": _list}


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


def failure(error: HelperError) -> Reply:
    """Give the reply that tells a failure."""
    note = f"{error.message} [{error.id}]{steps(error)}"
    return Reply(1, f"{error.message}\n".encode("utf-8", "backslashreplace"), [note])


def steps(error: HelperError) -> str:
    """Give the steps that mend it, each on a line of its own, as they stand below what was said."""
    return "".join(f"\n  {step}" for step in error.fix.split("\n"))


def internal(error: Exception, environ: Mapping[str, str]) -> HelperError:
    """Give the HelperError for a fault of ours; with CREDHELPER_DEBUG set it holds the traceback."""
    detail = ""
    if environ.get("CREDHELPER_DEBUG"):
        import traceback  # noqa: PLC0415  (only for whoever asked)

        detail = "\n" + "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return HelperError(
        "internal",
        f"a fault of {PROGRAM} itself: {type(error).__name__}",
        f"please report it, with what CREDHELPER_DEBUG=1 prints{detail}",
    )


def _timed_out(a_run: Run) -> HelperError:
    return HelperError(
        "timed-out",
        f"no answer within {a_run.seconds:g} seconds: {a_run.watch.hung()}",
        "look at what it names; a file system or a program that hangs must be mended there\n"
        f"{a_run.access.giver_of_seconds} gives it more seconds",
    )


def _say(line: str, status: int = 0) -> Reply:
    return Reply(status, f"{line}\n".encode())
