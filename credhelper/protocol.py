"""Docker's verbs: get, store, erase, list, version.

The protocol is that of docker-credential-helpers (credentials/credentials.go): its usage line, its error strings,
everything for the client on standard output, exit status 1 for anything but an answer. Standard error is ours, and
the client passes it on to the person.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from credhelper import __version__, settings
from credhelper.cache import store
from credhelper.cache.shelf import Shelf
from credhelper.entry import moment
from credhelper.errors import HelperError
from credhelper.host import host_of
from credhelper.paths import cache_folder
from credhelper.registry import parse
from credhelper.resolve import Errand
from credhelper.run import PROGRAM, Reply, in_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from credhelper.foreign import Foreign
    from credhelper.run import Run
    from credhelper.settings import Settings
    from credhelper.target import Target

USAGE = f"Usage: {PROGRAM} <store|get|erase|list|version>"
HELP = f"""{USAGE}

Docker runs this program: name it "ecr" in Docker's config.json, as credsStore or in credHelpers. By hand:
  echo HOST | {PROGRAM} get      print the user name and the token for a registry of ECR, or a login
  echo HOST | {PROGRAM} erase    forget its token, and the next get asks AWS again; or its login
  {PROGRAM} list                 print the registries whose token or login is at hand
  {PROGRAM} refresh [HOST...]    ask AWS for new tokens now; --help says more
  {PROGRAM} get-login            print the docker login line of old; --help says more
  {PROGRAM} get-login-password   print a password for docker login --password-stdin
  {PROGRAM} import [HOST...]     move logins from Docker's config.json to the keyring; --help says more
  {PROGRAM} export [HOST...]     write them back; --help says more
"""


def run(words: list[str], read: Callable[[], bytes], environ: Mapping[str, str]) -> Reply:
    """Run the verb of `words`; `read` gives what the client sent, and is called only where a verb takes input."""
    return in_time(lambda a_run: _answer(words, a_run), environ, read)


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
    given = a_run.read()
    host = host_of(given)
    a_run.watch.doing("reading the settings")
    said = settings.load(a_run.environ)
    target = said.target(host)
    if target is None:
        return _foreign(a_run, said).get(given)
    return Reply(*errand(target, said, a_run).get())


def _foreign(a_run: Run, said: Settings) -> Foreign:
    """Return what answers for hosts that are not ECR's. A miss of ECR does not load it, nor the logins behind it."""
    from credhelper.foreign import Foreign  # noqa: PLC0415

    return Foreign(a_run, said)


def errand(target: Target, said: Settings, a_run: Run) -> Errand:
    """Give the errand of a run that is for `target`, whose rule may allow it another time."""
    a_run.follow(target.access)
    if a_run.environ.get("CREDHELPER_DEBUG"):
        from credhelper.settings.effective import effective  # noqa: PLC0415  (only for whoever asked)

        a_run.debug += [f"{target.host}: {value}" for value in effective(target, a_run.environ)]
    return Errand(target, Shelf(a_run.environ, said, a_run.watch), a_run.seconds, watch=a_run.watch)


def _store(a_run: Run) -> Reply:
    """`docker login` always stores after it succeeded, and fails if it cannot."""
    from credhelper.logins import login  # noqa: PLC0415  (see _foreign)

    given = a_run.read()
    sent = login.parse(given)
    host = host_of(sent.server.encode("ascii"))
    said = settings.load(a_run.environ)
    if said.target(host) is None:
        return _foreign(a_run, said).store(given, sent)
    note = f"{host}: the login was not kept: this machine's AWS role answers for this host"
    return Reply(0, b"", [note])


def _erase(a_run: Run) -> Reply:
    """Nothing to erase is a success: podman and skopeo of Debian 12 crash on any other answer."""
    given = a_run.read()
    host = host_of(given)
    _drop(host, a_run)
    if parse(host) is None:
        said = settings.load(a_run.environ)
        if said.target(host) is None:
            return _foreign(a_run, said).erase(given)
    return Reply(0, b"")


def _list(a_run: Run) -> Reply:
    """Docker gets each server that is listed, and one that fails loses them all: only what is at hand is named."""
    said = settings.load(a_run.environ)
    found, notes = _foreign(a_run, said).listed()
    found.update(Shelf(a_run.environ, said).at_hand(moment()))
    return Reply(0, f"{json.dumps(found)}\n".encode(), notes)


_VERBS = {"get": _get, "store": _store, "erase": _erase, "list": _list}


def _drop(host: str, a_run: Run) -> None:
    folder = cache_folder(a_run.environ)
    if folder is None:
        return
    try:
        store.drop(folder, host, lambda name: _forget(name, a_run))
    except OSError as error:
        raise HelperError(
            "erase-failed",
            f"the token of {host} could not be erased: {error.strerror}",
            f"remove the files of {host} in {folder}",
        ) from error


def _forget(name: str, a_run: Run) -> None:
    """Forget a token that is in the keyring: only then the settings are read, which tell in which."""
    Shelf(a_run.environ, settings.load(a_run.environ), a_run.watch).forget(name)


def _say(line: str, status: int = 0) -> Reply:
    return Reply(status, f"{line}\n".encode())
