"""The caller's working directory, and how the program leaves it.

A build's working directory may contain untrusted files. Therefore the program changes to "/" before it imports anything
that a cache hit does not need, and no relative path leads into that directory any more: neither in our own code nor in
what it calls (botocore, keyring, pass, gpg, a credential_process). A Python program that uses our API keeps its working
directory and its environment.
"""

from __future__ import annotations

import os

from credhelper import paths
from credhelper.error_catalog.docker_config import DOCKER_CONFIG_DIRECTORY_REMOVED

_caller_directory: str | None = None  # the caller's directory: None before it is left, "" if it has been removed


def change_to_root() -> dict[str, str]:
    """Change to "/", and let this process and its children search programs in absolute directories only.

    Return the caller's environment as it was, since it is what an entry is compared with; only a relative
    DOCKER_CONFIG is made absolute, in both.
    """
    global _caller_directory  # noqa: PLW0603  (a process has one working directory)
    _caller_directory = _current_directory()
    os.chdir("/")
    directory = os.environ.get("DOCKER_CONFIG")
    if directory and _caller_directory:
        os.environ["DOCKER_CONFIG"] = os.path.join(_caller_directory, directory)
    environ = dict(os.environ)
    os.environ["PATH"] = paths.absolute_path_entries(environ)
    return environ


def make_absolute(path: str) -> str:
    """Return the path that a relative `path` means in the caller's working directory.

    Raises HelperError, "docker-config-unreadable", where that has been removed: it is for Docker's files.
    """
    directory = caller_directory()
    if not directory and not os.path.isabs(path):
        raise DOCKER_CONFIG_DIRECTORY_REMOVED.error(path=path)
    return os.path.join(directory, path)


def caller_directory() -> str:
    """Return the directory that the caller works in; "" if it has been removed."""
    return _current_directory() if _caller_directory is None else _caller_directory


def _current_directory() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""
