"""Replacing Docker's config.json with a file that is written beside it, and then moved into its place or removed.

Docker also replaces the file by renaming, and has no lock for it (docker/cli, cli/config/configfile/file.go). The last
rename wins, so the file is read again immediately before it is replaced.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from typing import TYPE_CHECKING, Callable

from credhelper.docker_config import file as docker_config
from credhelper.error_catalog.docker_config import DOCKER_CONFIG_CHANGED, DOCKER_CONFIG_UNWRITABLE
from credhelper.system import atomic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from credhelper.docker_config.document import Document
    from credhelper.docker_config.file import Config

_STAGED_SUFFIX = ".credhelper-"


@contextlib.contextmanager
def staged_replace(config: Config, document: Document, *, private: bool = False) -> Iterator[Callable[[], None]]:
    """Write `document` to a file beside that of `config`, and yield the function that moves it into place.

    The new file has the owner and mode of the old one; with `private`, only the owner may read it. It is removed at the
    end, unless it was moved.

    Raises HelperError: "docker-config-unwritable", "docker-config-broken" if the document is nested too deeply. The
    function raises "docker-config-changed" if the file has been changed since it was read.
    """
    staged_path = f"{config.path}{_STAGED_SUFFIX}{os.getpid()}-{time.time_ns()}"

    def commit() -> None:
        with _translate_errors(config.path):
            current_data, _ = docker_config.read(config.path) or (None, None)
            if current_data != config.data:
                raise DOCKER_CONFIG_CHANGED.error(path=config.path)
            try:
                atomic.replace(staged_path, config.path, durable=True)
            except FileNotFoundError:  # another process has started meanwhile and removed it
                raise DOCKER_CONFIG_CHANGED.error(path=config.path) from None

    data = docker_config.serialize(config, document)
    with contextlib.ExitStack() as stack:
        with _translate_errors(config.path):
            _prepare_directory(config.path)
            stack.enter_context(_staged(staged_path, data, config.stat_result, private=private))
        yield commit


def _staged(path: str, data: bytes, original: os.stat_result | None, *, private: bool) -> AbstractContextManager[None]:
    if original is None:
        return atomic.staged(path, data, durable=True)
    mode = stat.S_IMODE(original.st_mode) & (0o700 if private else 0o777)
    return atomic.staged(path, data, durable=True, mode=mode, owner=(original.st_uid, original.st_gid))


def _prepare_directory(path: str) -> None:
    """Create the directory, but not a missing home, and remove the staged files of other processes.

    Those may have been killed, or may still be running; a running one then reports a changed file.
    """
    directory = os.path.dirname(path)
    with contextlib.suppress(FileExistsError):
        os.mkdir(directory, 0o700)
    for name in os.listdir(directory):
        if name.startswith(f"{os.path.basename(path)}{_STAGED_SUFFIX}"):
            with contextlib.suppress(OSError):
                os.unlink(f"{directory}/{name}")


@contextlib.contextmanager
def _translate_errors(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DOCKER_CONFIG_UNWRITABLE.error(path=path, reason=error.strerror or str(error)) from error
