"""Every variable that names a path which this program, or what it calls into, would read.

A relative path would be read below the working directory, which strangers may have written. It is refused, but only
by a run that would read it. Relative XDG_* variables and AWS_ECR_CACHE_DIR are ignored instead (paths.py), and
DOCKER_CONFIG is relative to the caller's directory (working_directory.py). AWS_CA_BUNDLE and REQUESTS_CA_BUNDLE are
checked where the one that applies is known (aws/file_access.py). Not listed, since nothing reads them here:
AWS_DATA_PATH (our loader reads botocore's own models), SSL_CERT_FILE and SSL_CERT_DIR (botocore brings its own CAs).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Callable

from credhelper import paths
from credhelper.errors import HelperError
from credhelper.working_directory import caller_directory

if TYPE_CHECKING:
    from collections.abc import Mapping

    Expansion = Callable[[str, Mapping[str, str]], str]


def verbatim(path: str, _: Mapping[str, str]) -> str:
    """Return the path as it is: its reader opens even "~/file" literally."""
    return path


def tilde(path: str, environ: Mapping[str, str]) -> str:
    """Return the path as os.path.expanduser expands it, with an absolute home or with none."""
    expanded = paths.expand(path, environ)
    return expanded if path == "~" or path.startswith("~/") else os.path.expanduser(expanded)


def shell(path: str, environ: Mapping[str, str]) -> str:
    """Return the path as botocore expands the names of its files."""
    return tilde(os.path.expandvars(path), environ)


# The variable; what reads it, since a run checks only what it uses; and how that expands the path before opening it.
# A tuple, since a class of tuples costs a miss 0.7 ms.
_TABLE: tuple[tuple[str, str, Expansion], ...] = (
    ("CREDHELPER_CONFIG", "settings", paths.expand),
    ("AWS_CONFIG_FILE", "profiles", shell),
    ("AWS_SHARED_CREDENTIALS_FILE", "profiles", shell),
    # These are botocore's names of its credential providers (METHOD).
    ("AWS_WEB_IDENTITY_TOKEN_FILE", "assume-role-with-web-identity", verbatim),
    ("AWS_LOGIN_CACHE_DIRECTORY", "login", shell),
    ("AWS_CREDENTIAL_FILE", "ec2-credentials-file", tilde),
    ("BOTO_CONFIG", "boto-config", shell),
    ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "container-role", verbatim),
    ("SSLKEYLOGFILE", "tls-key-log", verbatim),
    ("OPENSSL_CONF", "tls", verbatim),
    ("OPENSSL_MODULES", "tls", verbatim),
    ("OPENSSL_ENGINES", "tls", verbatim),
    ("PASSWORD_STORE_DIR", "password-store", verbatim),
    ("GNUPGHOME", "pass", tilde),
    ("BASH_ENV", "pass", shell),  # pass is a script for bash
)


def check(reader: str, environ: Mapping[str, str]) -> None:
    """Raise HelperError, "path-relative", for a variable that `reader` would read a relative path from."""
    for name, its_reader, expand in _TABLE:
        value = environ.get(name)
        if its_reader == reader and value and not os.path.isabs(expand(value, environ)):
            raise relative_variable(name, value, environ)


def relative_variable(name: str, value: str, environ: Mapping[str, str]) -> HelperError:
    """Return the HelperError for a variable whose value is not an absolute path."""
    import shlex  # noqa: PLC0415  (for a failure alone)

    path = suggestion(value, environ)
    fix = f"use the absolute path: export {name}={shlex.quote(path)}" if path else f"let {name} be an absolute path"
    return relative(name, value, fix)


def relative(what: str, value: str, fix: str) -> HelperError:
    """Return the HelperError for a relative path, `value`, which `what` names."""
    return HelperError(
        "path-relative",
        f"{what} is not an absolute path: {value!a}",
        f"{fix}\nrelative paths are refused: a build's working directory may hold files of strangers",
    )


def suggestion(path: str, environ: Mapping[str, str]) -> str:
    """Return the absolute path that was probably meant; "" where that is unknown."""
    directory = caller_directory()
    expanded = paths.expand(path, environ)
    if not path or not directory or expanded == "~" or expanded.startswith("~/"):
        return ""
    return os.path.normpath(os.path.join(directory, expanded))


def no_home(environ: Mapping[str, str], what: str) -> HelperError:
    """Return the HelperError for what is kept in the home directory, where there is no absolute one."""
    return HelperError(
        "path-relative",
        f"HOME is not an absolute path: {environ.get('HOME')!a}; {what}",
        "set HOME to the absolute path of the home directory",
    )
