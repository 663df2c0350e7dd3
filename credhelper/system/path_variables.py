"""The variables that name a path which this program, or the software that it calls, would read.

A relative path would be read below the working directory, which may contain untrusted files. It is refused, but only
by a run that would read it. Relative XDG_* variables and AWS_ECR_CACHE_DIR are ignored instead (paths.py), and
DOCKER_CONFIG is relative to the caller's directory (working_directory.py). AWS_CA_BUNDLE and REQUESTS_CA_BUNDLE are
checked in aws/file_access.py, where it is known which of the two applies. Not listed, since they are never read here:
AWS_DATA_PATH (our loader reads botocore's own models), SSL_CERT_FILE and SSL_CERT_DIR (botocore has its own CA bundle).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Callable

from credhelper import paths
from credhelper.error_catalog.paths import HOME_RELATIVE, VARIABLE_RELATIVE, VARIABLE_RELATIVE_UNKNOWN
from credhelper.system.working_directory import caller_directory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credhelper.errors import HelperError

    Expansion = Callable[[str, Mapping[str, str]], str]


def keep_verbatim(path: str, _: Mapping[str, str]) -> str:
    """Return the path unchanged: its reader opens even "~/file" literally."""
    return path


def expand_tilde(path: str, environ: Mapping[str, str]) -> str:
    """Return the path as os.path.expanduser expands it; "~" is left alone if there is no absolute home directory."""
    expanded = paths.expand(path, environ)
    return expanded if path == "~" or path.startswith("~/") else os.path.expanduser(expanded)


def expand_shell(path: str, environ: Mapping[str, str]) -> str:
    """Return the path as botocore expands the names of its files."""
    return expand_tilde(os.path.expandvars(path), environ)


# The variable; its reader, since a run checks only the variables that it uses; and how the reader expands the path.
# The rows are plain tuples, since a NamedTuple would cost a miss 0.7 ms.
PATH_VARIABLES: tuple[tuple[str, str, Expansion], ...] = (
    ("CREDHELPER_CONFIG", "settings", paths.expand),
    ("AWS_CONFIG_FILE", "profiles", expand_shell),
    ("AWS_SHARED_CREDENTIALS_FILE", "profiles", expand_shell),
    # These are botocore's names of its credential providers (METHOD).
    ("AWS_WEB_IDENTITY_TOKEN_FILE", "assume-role-with-web-identity", keep_verbatim),
    ("AWS_LOGIN_CACHE_DIRECTORY", "login", expand_shell),
    ("AWS_CREDENTIAL_FILE", "ec2-credentials-file", expand_tilde),
    ("BOTO_CONFIG", "boto-config", expand_shell),
    ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "container-role", keep_verbatim),
    ("SSLKEYLOGFILE", "tls-key-log", keep_verbatim),
    ("OPENSSL_CONF", "tls", keep_verbatim),
    ("OPENSSL_MODULES", "tls", keep_verbatim),
    ("OPENSSL_ENGINES", "tls", keep_verbatim),
    ("PASSWORD_STORE_DIR", "password-store", keep_verbatim),
    ("GNUPGHOME", "pass", expand_tilde),
    ("BASH_ENV", "pass", expand_shell),  # pass is a script for bash
)


def check_variables(reader: str, environ: Mapping[str, str]) -> None:
    """Raise HelperError ("path-relative") for a variable from which `reader` would take a relative path."""
    for name, variable_reader, expand in PATH_VARIABLES:
        value = environ.get(name)
        if variable_reader == reader and value and not os.path.isabs(expand(value, environ)):
            raise relative_variable_error(name, value, environ)


def relative_variable_error(name: str, value: str, environ: Mapping[str, str]) -> HelperError:
    """Return the HelperError for a variable whose value is not an absolute path."""
    path = suggest_absolute(value, environ)
    if path:
        return VARIABLE_RELATIVE.error(setting=name, value=ascii(value), path=path)
    return VARIABLE_RELATIVE_UNKNOWN.error(setting=name, value=ascii(value))


def suggest_absolute(path: str, environ: Mapping[str, str]) -> str:
    """Return the absolute path that was probably meant; "" if it is unknown."""
    directory = caller_directory()
    expanded = paths.expand(path, environ)
    if not path or not directory or expanded == "~" or expanded.startswith("~/"):
        return ""
    return os.path.normpath(os.path.join(directory, expanded))


def missing_home_error(environ: Mapping[str, str], consequence: str) -> HelperError:
    """Return the HelperError for a file in the home directory if there is no absolute home directory."""
    return HOME_RELATIVE.error(value=ascii(environ.get("HOME")), consequence=consequence)
