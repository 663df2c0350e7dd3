"""The directories and files that an environment selects.

On the hit path. A path relative to the working directory is never used: that of a build may contain untrusted files.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SYSTEM_SETTINGS = "/etc/credhelper/config.toml"


def cache_directory(environ: "Mapping[str, str]") -> "str | None":
    """Return the directory of the cache: $AWS_ECR_CACHE_DIR, else credhelper in $XDG_CACHE_HOME or ~/.cache.

    Return None if caching is off (AWS_ECR_DISABLE_CACHE is not empty, as for Amazon's own helper) or if no absolute
    directory is known.
    """
    if environ.get("AWS_ECR_DISABLE_CACHE"):
        return None
    override = environ.get("AWS_ECR_CACHE_DIR")
    if override:
        return _absolute_or_none(expand(override, environ))
    return _application_directory("XDG_CACHE_HOME", "~/.cache", environ)


def data_directory(environ: "Mapping[str, str]") -> "str | None":
    """Return the directory of data that cannot be obtained again: credhelper in $XDG_DATA_HOME or ~/.local/share.

    Return None if no absolute directory is known.
    """
    return _application_directory("XDG_DATA_HOME", "~/.local/share", environ)


def settings_files(environ: "Mapping[str, str]") -> "list[str]":
    """Return the settings files that apply in this environment, in order of precedence."""
    override = environ.get("CREDHELPER_CONFIG")
    return [expand(override, environ)] if override else _default_settings_files(environ)


def aws_config_files(environ: "Mapping[str, str]") -> "list[str]":
    """Return the files that can select an identity in this environment, existing or not.

    These are botocore's defaults (its configuration guide, "Environment variables") and our own settings files.
    """
    get = environ.get
    files = [
        *_default_settings_files(environ),
        expand(get("AWS_CONFIG_FILE") or "~/.aws/config", environ),
        expand(get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials", environ),
        "/etc/boto.cfg",  # in botocore, boto's old files take precedence over instance metadata
        expand("~/.boto", environ),
    ]
    path_variables = ("CREDHELPER_CONFIG", "AWS_CREDENTIAL_FILE", "BOTO_CONFIG", "AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")
    return [
        *filter(_is_readable_path, files),
        *_paths_from_variables(path_variables, environ),
        *identity_token_files(environ),
    ]


def identity_token_files(environ: "Mapping[str, str]") -> "list[str]":
    """Return the files among `aws_config_files` that may contain a token of a web identity or of EKS Pod Identity."""
    return _paths_from_variables(("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"), environ)


def expand(path: str, environ: "Mapping[str, str]") -> str:
    """Return `path` with a leading "~/" replaced by the home directory; unchanged if there is no absolute home."""
    if path != "~" and not path.startswith("~/"):
        return path
    home = home_directory(environ)
    return path if home is None else home.rstrip("/") + path[1:]


def home_directory(environ: "Mapping[str, str]") -> "str | None":
    """Return the home directory from HOME or, if that is not set, from the passwd entry; None unless it is absolute."""
    path = environ.get("HOME")
    return _absolute_or_none(os.path.expanduser("~") if path is None else path)


def absolute_path_entries(environ: "Mapping[str, str]") -> str:
    """Return PATH without its empty and relative elements, which depend on the working directory.

    Return the system's default if no element remains, since an empty PATH also means the working directory.
    """
    return os.pathsep.join(filter(os.path.isabs, environ.get("PATH", "").split(os.pathsep))) or os.defpath


def _paths_from_variables(variables: "Iterable[str]", environ: "Mapping[str, str]") -> "list[str]":
    return list(filter(_is_readable_path, (expand(path, environ) for path in map(environ.get, variables) if path)))


def _is_readable_path(path: str) -> bool:
    """Return whether `path` is absolute, or may become so when botocore expands a leading "$" or "~name".

    A relative path is refused where it would be read (system/path_variables.py).
    """
    return path.startswith(("/", "$")) or (path.startswith("~") and path[1:2] not in ("", "/"))


def _default_settings_files(environ: "Mapping[str, str]") -> "list[str]":
    directory = _application_directory("XDG_CONFIG_HOME", "~/.config", environ)
    return [*([f"{directory}/config.toml"] if directory else []), SYSTEM_SETTINGS]


def _application_directory(variable: str, default: str, environ: "Mapping[str, str]") -> "str | None":
    base = _absolute_or_none(environ.get(variable, ""))  # the XDG specification says to ignore a relative path
    if base is None:
        base = _absolute_or_none(expand(default, environ))
    return None if base is None else f"{base}/credhelper"


def _absolute_or_none(path: str) -> "str | None":
    return path if path.startswith("/") else None
