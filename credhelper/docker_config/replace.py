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
    """Write `document` to a file beside that of `config`, and give what puts it in its place; it is gone afterwards.

    It has the other's owner and mode; where it is `private` only the owner may read it. Raises HelperError:
    "docker-config-unwritable", "docker-config-broken" for one that is nested too deeply; and when it is put in place,
    "docker-config-changed" if somebody else has been there since it was read.
    """
    staged_path = f"{config.path}{_STAGED_SUFFIX}{os.getpid()}-{time.time_ns()}"

    def commit() -> None:
        with _translate_errors(config.path):
            current_data, _ = docker_config.read(config.path) or (None, None)
            if current_data != config.data:
                raise DOCKER_CONFIG_CHANGED.error(path=config.path)
            try:
                atomic.replace(staged_path, config.path, durable=True)
            except FileNotFoundError:  # another process has begun meanwhile, and removed it
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
    """Make the folder, but not a home that is not there; and remove what one who was killed has left, or is at work."""
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
