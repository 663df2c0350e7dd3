"""Environment -> folders and files.

Hot. A folder that would depend on the working folder is none: a build runs in a checkout that strangers wrote.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SYSTEM_SETTINGS = "/etc/credhelper/config.toml"


def cache_directory(environ: "Mapping[str, str]") -> "str | None":
    """Give the folder of the entries: $AWS_ECR_CACHE_DIR, else credhelper in $XDG_CACHE_HOME or ~/.cache.

    None when caching is off (AWS_ECR_DISABLE_CACHE is set to anything, as for Amazon's own helper) or no absolute
    folder can be told.
    """
    if environ.get("AWS_ECR_DISABLE_CACHE"):
        return None
    override = environ.get("AWS_ECR_CACHE_DIR")
    if override:
        return _absolute_or_none(expand(override, environ))
    return _application_directory("XDG_CACHE_HOME", "~/.cache", environ)


def data_directory(environ: "Mapping[str, str]") -> "str | None":
    """Give the folder of what must outlast the cache: credhelper in $XDG_DATA_HOME or ~/.local/share. None when no
    absolute folder can be told.
    """
    return _application_directory("XDG_DATA_HOME", "~/.local/share", environ)


def settings_files(environ: "Mapping[str, str]") -> "list[str]":
    """Give each settings file that is obeyed in this environment, the first one of all first."""
    override = environ.get("CREDHELPER_CONFIG")
    return [expand(override, environ)] if override else _default_settings_files(environ)


def aws_config_files(environ: "Mapping[str, str]") -> "list[str]":
    """Give each file that could select an identity for whoever has this environment, whether it is there or not.

    The names are botocore's defaults (its configuration guide, "Environment variables"), and our own settings.
    """
    get = environ.get
    files = [
        *_default_settings_files(environ),
        expand(get("AWS_CONFIG_FILE") or "~/.aws/config", environ),
        expand(get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials", environ),
        "/etc/boto.cfg",  # boto's old files beat metadata in botocore
        expand("~/.boto", environ),
    ]
    path_variables = ("CREDHELPER_CONFIG", "AWS_CREDENTIAL_FILE", "BOTO_CONFIG", "AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")
    return [
        *filter(_is_readable_path, files),
        *_paths_from_variables(path_variables, environ),
        *identity_token_files(environ),
    ]


def identity_token_files(environ: "Mapping[str, str]") -> "list[str]":
    """Give each file of `aws_config_files` that may hold a token of a web identity or of EKS Pod Identity."""
    return _paths_from_variables(("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"), environ)


def expand(path: str, environ: "Mapping[str, str]") -> str:
    """Return `path` with the home directory in place of a leading "~/"; unchanged where there is no absolute home."""
    if path != "~" and not path.startswith("~/"):
        return path
    home = home_directory(environ)
    return path if home is None else home.rstrip("/") + path[1:]


def home_directory(environ: "Mapping[str, str]") -> "str | None":
    """Return the home directory: HOME, else that of the passwd entry; None unless it is absolute."""
    path = environ.get("HOME")
    return _absolute_or_none(os.path.expanduser("~") if path is None else path)


def absolute_path_entries(environ: "Mapping[str, str]") -> str:
    """Return PATH without its empty and relative elements, which mean the working directory; so does an empty PATH,
    in whose place there is the system's default.
    """
    return os.pathsep.join(filter(os.path.isabs, environ.get("PATH", "").split(os.pathsep))) or os.defpath


def _paths_from_variables(variables: "Iterable[str]", environ: "Mapping[str, str]") -> "list[str]":
    return list(filter(_is_readable_path, (expand(path, environ) for path in map(environ.get, variables) if path)))


def _is_readable_path(path: str) -> bool:
    """Return False for a relative path: it is refused, unless nothing reads it (path_variables.py). A leading "$" or
    "~name" is botocore's to expand.
    """
    return path.startswith(("/", "$")) or (path.startswith("~") and path[1:2] not in ("", "/"))


def _default_settings_files(environ: "Mapping[str, str]") -> "list[str]":
    directory = _application_directory("XDG_CONFIG_HOME", "~/.config", environ)
    return [*([f"{directory}/config.toml"] if directory else []), SYSTEM_SETTINGS]


def _application_directory(variable: str, default: str, environ: "Mapping[str, str]") -> "str | None":
    base = _absolute_or_none(environ.get(variable, ""))  # the XDG specification: a relative one is ignored
    if base is None:
        base = _absolute_or_none(expand(default, environ))
    return None if base is None else f"{base}/credhelper"


def _absolute_or_none(path: str) -> "str | None":
    return path if path.startswith("/") else None
