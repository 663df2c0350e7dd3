"""Docker's config.json, and podman's auth.json, which has the same format: its path, parsing and serialization.

document.py reads the logins of a document; replace.py replaces the file.
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

from credhelper.docker_config.document import LOGIN_KEYS, redacted
from credhelper.error_catalog.docker_config import (
    BAD_NUMBER,
    DOCKER_CONFIG_BROKEN,
    DOCKER_CONFIG_UNREADABLE,
    DOCKER_CONFIG_WITHOUT_HOME,
    TOO_DEEP,
)
from credhelper.system import working_directory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credhelper.docker_config.document import Document

MAX_SIZE = 1 << 22  # bytes; a login has about 5,000 at most

_FILE_NAME = "config.json"
_NULLABLE = {kind: {"type": [kind, "null"]} for kind in ("object", "string")}
# A value that Docker cannot read makes it reject the whole file.
_SCHEMA = {
    "type": "object",
    "properties": {
        "auths": {
            **_NULLABLE["object"],
            "additionalProperties": {
                **_NULLABLE["object"],
                "properties": dict.fromkeys(LOGIN_KEYS, _NULLABLE["string"]),
            },
        },
        "credHelpers": {**_NULLABLE["object"], "additionalProperties": _NULLABLE["string"]},
        "credsStore": _NULLABLE["string"],
    },
}


class Config(NamedTuple):
    """The file at `path`, which contains no symbolic link.

    `data` is its content (None if the file is missing), `document` is the parsed content, and `stat_result` has its
    owner and mode.
    """

    path: str
    data: bytes | None
    document: Document
    stat_result: os.stat_result | None

    def __repr__(self) -> str:
        """Omit the content of the file, which may contain secrets."""
        return f"Config({self.path!r})"


def locate(environ: Mapping[str, str], path: str | None = None) -> str:
    """Return the path of the file: `path` if that is not a directory, else config.json in a directory.

    The directory is `path`, else $DOCKER_CONFIG, else ~/.docker. A relative path is relative to the caller's working
    directory, as for Docker.

    Raises HelperError, "docker-config-unreadable", if there is no home directory, or if the path is relative and the
    caller's working directory has been removed.
    """
    location = working_directory.make_absolute(
        path or environ.get("DOCKER_CONFIG") or f"{_home_directory(environ)}/.docker"
    )
    return location if path and not os.path.isdir(location) else os.path.join(location, _FILE_NAME)


def load(path: str) -> Config:
    """Read and parse the file, which may be missing.

    Raises HelperError: "docker-config-unreadable", "docker-config-broken".
    """
    real_path = os.path.realpath(path)
    try:
        data, stat_result = read(real_path) or (None, None)
    except OSError as error:
        raise DOCKER_CONFIG_UNREADABLE.error(path=real_path, reason=error.strerror or str(error)) from error
    try:
        config = Config(real_path, data, _parse(data or b""), stat_result)
    except ValueError as error:
        raise DOCKER_CONFIG_BROKEN.error(path=real_path, reason=redacted(str(error))) from None
    serialize(config, config.document)  # fails here if the document could not be written back
    return config


def _home_directory(environ: Mapping[str, str]) -> str:
    """Return HOME, or if that is empty the home of the passwd entry, as Docker does (moby, pkg/homedir)."""
    try:
        return environ.get("HOME") or pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        raise DOCKER_CONFIG_WITHOUT_HOME.error() from None


def read(path: str) -> tuple[bytes, os.stat_result] | None:
    """Return the content and the status of a regular file; None if it is missing.

    The content is at most MAX_SIZE + 1 bytes. Raises OSError for any other kind of file, without blocking on a pipe.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    with open(fd, "rb") as file:
        stat_result = os.fstat(fd)
        if not stat.S_ISREG(stat_result.st_mode):
            raise OSError(None, "it is not a regular file")
        return file.read(MAX_SIZE + 1), stat_result


def _parse(data: bytes) -> Document:
    """Parse the content. Raises ValueError, with a clause that states the reason and repeats none of the values."""
    if len(data) > MAX_SIZE:
        raise ValueError(f"it is longer than {MAX_SIZE >> 20} MiB")
    if data.startswith(codecs.BOM_UTF8):
        raise ValueError("it begins with a byte order mark, which Docker cannot read")
    if not data.strip():
        return {}
    try:
        document: Document = json.loads(data.decode(), object_pairs_hook=_reject_duplicate_keys)
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno}: it is not JSON") from None
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    fastjsonschema.validate(_SCHEMA, document)  # raises a ValueError that names the location of the value
    return document


def _reject_duplicate_keys(pairs: list[tuple[str, Any]]) -> Document:
    """Return the pairs as a dict. Raises ValueError for a duplicate key, which is ambiguous."""
    document = dict(pairs)
    if len(document) < len(pairs):
        raise ValueError("a name occurs twice in one object")
    return document


def serialize(config: Config, document: Document) -> bytes:
    """Return the document as text in the style of the file: its indentation, line endings and escapes.

    Raises HelperError, "docker-config-broken".
    """
    original_text = (config.data or b"").decode()
    indentation = re.search(r"\n([ \t]+)", original_text.rstrip())
    one_line_match = None if indentation else re.match(r'\s*{\s*"(?:[^"\\]|\\.)*":( ?)', original_text)
    style: dict[str, Any] = {"indent": indentation[1] if indentation else "\t"}
    if one_line_match:
        style = {"separators": (f",{one_line_match[1]}", f":{one_line_match[1]}")}
    # A lone surrogate can only be written as an escape.
    is_ascii = original_text.isascii() or "\\ud" in original_text.lower()
    try:
        text = (
            json.dumps(document, ensure_ascii=is_ascii, allow_nan=False, **style)
            + original_text[len(original_text.rstrip()) :]
        )
    except (ValueError, RecursionError) as error:
        reason = BAD_NUMBER if isinstance(error, ValueError) else TOO_DEEP
        raise DOCKER_CONFIG_BROKEN.error(path=config.path, reason=reason) from None
    return (text.replace("\r\n", "\n").replace("\n", "\r\n") if "\r\n" in original_text else text).encode()
