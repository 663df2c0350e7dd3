"""Docker's config.json, and podman's auth.json, which has its form: where it is, and its bytes -> a document, and back.

What a document says of logins is told in auths.py; the file is replaced in draft.py.
"""

from __future__ import annotations

import codecs
import json
import os
import pwd
import re
import stat
from typing import TYPE_CHECKING, Any, NamedTuple

import fastjsonschema

from credhelper import working_directory
from credhelper.docker.auths import LOGIN, shown
from credhelper.errors import HelperError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credhelper.docker.auths import Document

LARGEST = 1 << 22  # bytes; a login has some 5,000 at most

_NAME = "config.json"
_DEEP = "it is nested too deeply"
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
    folder; else in ~/.docker. A relative one is relative to the caller's working directory, as for Docker.

    Raises HelperError, "docker-config-unreadable", where nobody has a home or a relative path leads nowhere.
    """
    folder = working_directory.absolute(named or environ.get("DOCKER_CONFIG") or f"{_home(environ)}/.docker")
    return folder if named and not os.path.isdir(folder) else os.path.join(folder, _NAME)


def load(path: str) -> Config:
    """Read the file, which may not be there.

    Raises HelperError: "docker-config-unreadable", "docker-config-broken".
    """
    real = os.path.realpath(path)
    try:
        data, seen = read(real) or (None, None)
    except OSError as error:
        raise HelperError(
            "docker-config-unreadable",
            f"{real} cannot be read: {error.strerror or error}",
            "make it a file that you can read, or name another: --config FILE",
        ) from error
    try:
        config = Config(real, data, _parse(data or b""), seen)
    except ValueError as error:
        raise _broken(real, shown(str(error))) from None
    form(config, config.document)  # what cannot be written again is not edited
    return config


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


def read(path: str) -> tuple[bytes, os.stat_result] | None:
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
    """Give what the file says. Raises ValueError with a clause that says why, and repeats none of its values."""
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
    except RecursionError:
        raise ValueError(_DEEP) from None
    fastjsonschema.validate(_SCHEMA, document)  # raises a ValueError, which names the value's place
    return document


def _once(pairs: list[tuple[str, Any]]) -> Document:
    """Of two that have one name nobody knows which is meant."""
    document = dict(pairs)
    if len(document) < len(pairs):
        raise ValueError("a name stands there twice in one object")
    return document


def form(config: Config, document: Document) -> bytes:
    """Give the document as text in the manner of the file's: its indentation, its ends of lines, its escapes.

    Raises HelperError, "docker-config-broken".
    """
    like = (config.data or b"").decode()
    indentation = re.search(r"\n([ \t]+)", like.rstrip())
    one_line = None if indentation else re.match(r'\s*{\s*"(?:[^"\\]|\\.)*":( ?)', like)
    manner: dict[str, Any] = {"indent": indentation[1] if indentation else "\t"}
    if one_line:
        manner = {"separators": (f",{one_line[1]}", f":{one_line[1]}")}
    plain = like.isascii() or "\\ud" in like.lower()  # half of a pair can only be written as an escape
    try:
        text = json.dumps(document, ensure_ascii=plain, allow_nan=False, **manner) + like[len(like.rstrip()) :]
    except (ValueError, RecursionError) as error:
        number = isinstance(error, ValueError)
        raise _broken(config.path, "it holds a number that is none in JSON" if number else _DEEP) from None
    return (text.replace("\r\n", "\n").replace("\n", "\r\n") if "\r\n" in like else text).encode()


def _broken(path: str, why: str) -> HelperError:
    return HelperError("docker-config-broken", f"{path} is not edited: {why}", "mend it; Docker may not read it either")
