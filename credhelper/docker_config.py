"""Docker's config.json, and podman's auth.json, which has its form: where it is, reading it, and replacing it.

What it says of logins is told in docker_auths.py. Docker replaces the file by renaming, and without a lock (docker/cli,
cli/config/configfile/file.go): so do we, after another look at it.
"""

from __future__ import annotations

import codecs
import contextlib
import json
import os
import pwd
import re
import stat
import time
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

import fastjsonschema

from credhelper.docker_auths import LOGIN
from credhelper.errors import HelperError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from credhelper.docker_auths import Document

LARGEST = 1 << 22  # bytes; a login has some 5,000 at most

_NAME = "config.json"
_BESIDE = ".credhelper-"
_OR_NULL = {kind: {"type": [kind, "null"]} for kind in ("object", "string")}
# What Docker cannot read ends its reading of the whole file.
_SCHEMA = {
    "type": "object",
    "properties": {
        "auths": {
            **_OR_NULL["object"],
            "additionalProperties": {**_OR_NULL["object"], "properties": dict.fromkeys(LOGIN, _OR_NULL["string"])},
        },
        "credHelpers": {**_OR_NULL["object"], "additionalProperties": _OR_NULL["string"]},
        "credsStore": _OR_NULL["string"],
    },
}


class Config(NamedTuple):
    """The file at `path`, which no link is part of: its bytes, None where it is not there; what they say; its owner
    and mode.
    """

    path: str
    data: bytes | None
    document: Document
    seen: os.stat_result | None

    def __repr__(self) -> str:
        """Without what it holds."""
        return f"Config({self.path!r})"


def locate(environ: Mapping[str, str], named: str | None = None) -> str:
    """Give the path of the file: `named`, if it is no folder; else in that folder; else in $DOCKER_CONFIG, which is a
    folder; else in ~/.docker.

    Raises HelperError, "docker-config-unreadable", where nobody has a home.
    """
    folder = named or environ.get("DOCKER_CONFIG") or f"{_home(environ)}/.docker"
    return folder if named and not os.path.isdir(named) else os.path.join(folder, _NAME)


def load(path: str) -> Config:
    """Read the file, which may not be there.

    Raises HelperError: "docker-config-unreadable", "docker-config-broken".
    """
    real = os.path.realpath(path)
    try:
        data, seen = _read(real) or (None, None)
    except OSError as error:
        raise HelperError(
            "docker-config-unreadable",
            f"{real} cannot be read: {error.strerror or error}",
            "make it a file that you can read, or name another: --config FILE",
        ) from error
    try:
        config = Config(real, data, _parse(data or b""), seen)
        _form(config, config.document)  # what cannot be written again is not edited
    except (ValueError, RecursionError) as error:
        raise _broken(real, error) from None
    return config


@contextlib.contextmanager
def draft(config: Config, document: Document, *, private: bool = False) -> Iterator[Callable[[], None]]:
    """Write `document` to a file beside that of `config`, and give what puts it in its place; it is gone afterwards.

    It has the other's owner and mode; where it is `private` only the owner may read it. Raises HelperError:
    "docker-config-unwritable", "docker-config-broken" for one that is nested too deeply; and when it is put in place,
    "docker-config-changed" if somebody else has been there since it was read.
    """
    beside = f"{config.path}{_BESIDE}{os.getpid()}-{time.time_ns()}"

    def put() -> None:
        with _telling(config.path):
            now, _ = _read(config.path) or (None, None)
            if now != config.data:
                raise _changed(config.path)
            os.replace(beside, config.path)
        with contextlib.suppress(OSError):  # it is in place, whatever a power cut does
            _sync(os.path.dirname(config.path))

    try:
        data = _form(config, document)
    except RecursionError as error:
        raise _broken(config.path, error) from None
    try:
        with _telling(config.path):
            _make_room(config.path)
            _write(beside, data, config.seen, private=private)
        yield put
    finally:
        with contextlib.suppress(OSError):
            os.unlink(beside)


def _home(environ: Mapping[str, str]) -> str:
    """Docker's own home, too, is the user's by the machine where HOME is empty (moby, pkg/homedir)."""
    try:
        return environ.get("HOME") or pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        raise HelperError(
            "docker-config-unreadable",
            "there is no home in which Docker's config.json could be",
            "set HOME, or name the file: --config FILE",
        ) from None


def _read(path: str) -> tuple[bytes, os.stat_result] | None:
    """Read a regular file up to what is too long; None where there is none. A pipe of that name blocks nobody."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    with open(handle, "rb") as file:
        seen = os.fstat(handle)
        if not stat.S_ISREG(seen.st_mode):
            raise OSError(None, "it is not a regular file")
        return file.read(LARGEST + 1), seen


def _parse(data: bytes) -> Document:
    """Give what the file says. Raises ValueError, which repeats none of its values, and RecursionError."""
    if len(data) > LARGEST:
        raise ValueError(f"it is longer than {LARGEST >> 20} MiB")
    if data.startswith(codecs.BOM_UTF8):
        raise ValueError("it begins with a byte order mark, with which Docker does not read it")
    if not data.strip():
        return {}
    try:
        document: Document = json.loads(data.decode(), object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno}: it is not JSON") from None
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    try:
        fastjsonschema.validate(_SCHEMA, document)
    except fastjsonschema.JsonSchemaValueException as error:
        raise ValueError(
            error.message.removeprefix("data.").replace("data must be object", "it is no object")
        ) from None
    return document


def _once(pairs: list[tuple[str, Any]]) -> Document:
    """Of two that have one name nobody knows which is meant."""
    document = dict(pairs)
    if len(document) < len(pairs):
        raise ValueError("a name stands there twice in one object")
    return document


def _form(config: Config, document: Document) -> bytes:
    """Give the document as text in the manner of the file's: its indentation, its ends of lines, its escapes.

    Raises ValueError for a number beyond JSON's, RecursionError.
    """
    like = (config.data or b"").decode()
    indentation = re.search(r"\n([ \t]+)", like)
    if indentation is None and like.strip(" \t\r\n{}"):  # all of it is one line
        form: dict[str, Any] = {"separators": (", ", ": ") if '": ' in like else (",", ":")}
    else:
        form = {"indent": indentation[1] if indentation else "\t"}
    plain = like.isascii() or "\\ud" in like.lower()  # half of a pair can only be written as an escape
    try:
        text = json.dumps(document, ensure_ascii=plain, allow_nan=False, **form) + like[len(like.rstrip()) :]
    except ValueError:
        raise ValueError("it holds a number that is none in JSON") from None
    return (text.replace("\r\n", "\n").replace("\n", "\r\n") if "\r\n" in like else text).encode()


def _make_room(path: str) -> None:
    """Make the folder, but not a home that is not there; and remove what one who was killed has left."""
    folder = os.path.dirname(path)
    with contextlib.suppress(FileExistsError):
        os.mkdir(folder, 0o700)
    for name in os.listdir(folder):
        if name.startswith(f"{os.path.basename(path)}{_BESIDE}"):
            with contextlib.suppress(OSError):
                os.unlink(f"{folder}/{name}")


def _write(path: str, data: bytes, like: os.stat_result | None, *, private: bool) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        if like is not None:
            os.fchown(handle, like.st_uid, like.st_gid)
            os.fchmod(handle, stat.S_IMODE(like.st_mode) & (0o700 if private else 0o777))
        while data:
            data = data[os.write(handle, data) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync(folder: str) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _telling(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise HelperError(
            "docker-config-unwritable",
            f"{path} cannot be replaced, and is as it was: {error.strerror or error}",
            "make room, or let its folder and itself belong to you; one that is mounted alone cannot be replaced",
        ) from error


def _broken(path: str, error: Exception) -> HelperError:
    why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
    return HelperError("docker-config-broken", f"{path} is not edited: {why}", "mend it; Docker may not read it either")


def _changed(path: str) -> HelperError:
    return HelperError(
        "docker-config-changed",
        f"somebody else has changed {path} meanwhile, and it is as they left it",
        "do it again; what was stored by now stays stored",
    )
