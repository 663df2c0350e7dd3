"""A draft of Docker's config.json: written beside the file, and then put in its place, or gone.

Docker, too, replaces the file by renaming, and has no lock for it (docker/cli, cli/config/configfile/file.go). Whoever
renames last has the last word, so there is another look at the file just before.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from typing import TYPE_CHECKING, Callable

from credhelper.docker import config as docker_config
from credhelper.errors import HelperError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from credhelper.docker.auths import Document
    from credhelper.docker.config import Config

_BESIDE = ".credhelper-"


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
            now, _ = docker_config.read(config.path) or (None, None)
            if now != config.data:
                raise _changed(config.path)
            try:
                os.replace(beside, config.path)
            except FileNotFoundError:  # another one has begun meanwhile, and removed it
                raise _changed(config.path) from None
        with contextlib.suppress(OSError):  # it is in place, whatever a power cut does
            _sync(os.path.dirname(config.path))

    data = docker_config.form(config, document)
    try:
        with _telling(config.path):
            _make_room(config.path)
            _write(beside, data, config.seen, private=private)
        yield put
    finally:
        with contextlib.suppress(OSError):
            os.unlink(beside)


def _make_room(path: str) -> None:
    """Make the folder, but not a home that is not there; and remove what one who was killed has left, or is at work."""
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


def _changed(path: str) -> HelperError:
    return HelperError(
        "docker-config-changed",
        f"somebody else has been changing {path} meanwhile, and it is as they left it",
        "do it again; what was stored by now stays stored",
    )
