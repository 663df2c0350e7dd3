"""The caller's working directory, and how the program leaves it.

A build's working directory may contain untrusted files. Therefore the program changes to "/" before it imports anything
that a cache hit does not need. After that, no relative path leads into the caller's directory, neither in our own code
nor in the software that it calls (botocore, keyring, pass, gpg, a credential_process). A Python program that uses our
API keeps its working directory and its environment.
"""

from __future__ import annotations

import os

from credhelper import paths
from credhelper.error_catalog.docker_config import DOCKER_CONFIG_DIRECTORY_REMOVED

_caller_directory: str | None = None  # the caller's directory: None before it is left, "" if it has been removed


def change_to_root() -> dict[str, str]:
    """Change to "/", and make this process and its children search for programs in absolute directories only.

    Return the caller's environment before the change of PATH, since cache entries are compared with it. A relative
    DOCKER_CONFIG is made absolute in both environments.
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
    """Return the absolute form of `path`, relative to the caller's working directory.

    For Docker's files: raises HelperError ("docker-config-unreadable") if that directory has been removed.
    """
    directory = caller_directory()
    if not directory and not os.path.isabs(path):
        raise DOCKER_CONFIG_DIRECTORY_REMOVED.error(path=path)
    return os.path.join(directory, path)


def caller_directory() -> str:
    """Return the caller's working directory; "" if it has been removed."""
    return _current_directory() if _caller_directory is None else _caller_directory


def _current_directory() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""
