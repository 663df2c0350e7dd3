"""Every variable that names a path which this program, or what it calls into, would read.

A relative path would be read below the working directory, which strangers may have written. It is refused, but only
by a run that would read it. Relative XDG_* variables and AWS_ECR_CACHE_DIR are ignored instead (paths.py), and
DOCKER_CONFIG is relative to the caller's directory (working_directory.py). Not listed, since nothing reads them here:
AWS_DATA_PATH (our loader reads botocore's own models), SSL_CERT_FILE and SSL_CERT_DIR (botocore brings its own CAs).
"""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Callable, NamedTuple

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


class _Variable(NamedTuple):
    """A variable, what reads it (a run checks only what it uses), and how that expands the path before opening it."""

    name: str
    reader: str
    expand: Expansion


_TABLE = (
    _Variable("CREDHELPER_CONFIG", "settings", paths.expand),
    _Variable("AWS_CONFIG_FILE", "profiles", shell),
    _Variable("AWS_SHARED_CREDENTIALS_FILE", "profiles", shell),
    # These are botocore's names of its credential providers (METHOD).
    _Variable("AWS_WEB_IDENTITY_TOKEN_FILE", "assume-role-with-web-identity", verbatim),
    _Variable("AWS_LOGIN_CACHE_DIRECTORY", "login", shell),
    _Variable("AWS_CREDENTIAL_FILE", "ec2-credentials-file", tilde),
    _Variable("BOTO_CONFIG", "boto-config", shell),
    _Variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "container-role", verbatim),
    _Variable("AWS_CA_BUNDLE", "AWS_CA_BUNDLE", tilde),
    _Variable("REQUESTS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", tilde),
    _Variable("SSLKEYLOGFILE", "tls-key-log", verbatim),
    _Variable("OPENSSL_CONF", "tls", verbatim),
    _Variable("OPENSSL_MODULES", "tls", verbatim),
    _Variable("OPENSSL_ENGINES", "tls", verbatim),
    _Variable("PASSWORD_STORE_DIR", "pass", verbatim),
    _Variable("GNUPGHOME", "pass", tilde),
    _Variable("BASH_ENV", "pass", shell),  # pass is a script for bash
)


def check(reader: str, environ: Mapping[str, str]) -> None:
    """Raise HelperError, "path-relative", for a variable that `reader` would read a relative path from."""
    for variable in _TABLE:
        value = environ.get(variable.name)
        if variable.reader == reader and value and not os.path.isabs(variable.expand(value, environ)):
            raise relative_variable(variable.name, value, environ)


def relative_variable(name: str, value: str, environ: Mapping[str, str]) -> HelperError:
    """Return the HelperError for a variable whose value is not an absolute path."""
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
