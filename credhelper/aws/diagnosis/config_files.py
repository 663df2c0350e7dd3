"""The files ~/.aws/config and ~/.aws/credentials: whether they are readable, and which line is invalid."""

from __future__ import annotations

import configparser
import os
from typing import TYPE_CHECKING

from credhelper.error_catalog import profiles as catalog

if TYPE_CHECKING:
    from botocore.exceptions import ConfigParseError
    from botocore.session import Session

    from credhelper.errors import HelperError

_KEY_LENGTH = 40  # characters of a secret access key


def describe(session: Session) -> str:
    """Return the names of the two files, as the user wrote them."""
    return " or ".join(_configured_paths(session))


def find_profile_file(profile_name: str, session: Session) -> str:
    """Return the name of the file that contains the profile `profile_name`."""
    config_file, credentials_file = _configured_paths(session)
    try:
        with open(_expand(credentials_file), encoding="utf-8") as file:
            has_profile = f"[{profile_name}]" in file.read()
    except (OSError, UnicodeDecodeError):
        has_profile = False
    return credentials_file if has_profile else config_file


def diagnose_unreadable(session: Session) -> HelperError | None:
    """Return the HelperError for a file that this user may not read, if there is one; botocore silently skips it."""
    for path in map(_expand, _configured_paths(session)):
        if os.path.isfile(path) and not os.access(path, os.R_OK):
            return catalog.CONFIG_UNREADABLE.error(path=path, user=str(os.geteuid()))
    return None


def broken_file_error(error: ConfigParseError) -> HelperError:
    """Return the HelperError for a file that botocore cannot parse, without quoting it: a line may hold a secret."""
    path, cause = str(error.kwargs["path"]), error.kwargs.get("error")
    line_number = _find_line(path, cause)
    kind = catalog.CONFIG_BROKEN if line_number else catalog.CONFIG_BROKEN_SOMEWHERE
    return kind.error(path=path, line=str(line_number), reason=_describe_syntax_error(cause))


def _configured_paths(session: Session) -> list[str]:
    return [session.get_config_variable(variable) for variable in ("config_file", "credentials_file")]


def _expand(path: str) -> str:
    return os.path.expanduser(os.path.expandvars(path))


def _describe_syntax_error(error: object) -> str:
    if isinstance(error, configparser.MissingSectionHeaderError):
        return catalog.NO_SECTION
    if isinstance(error, configparser.DuplicateSectionError):
        return catalog.DUPLICATE_SECTION.format(name=_shorten(str(error.section)))
    if isinstance(error, configparser.DuplicateOptionError):
        return catalog.DUPLICATE_OPTION.format(name=_shorten(error.option))
    if isinstance(error, UnicodeDecodeError):
        return catalog.NOT_UTF8
    return catalog.NO_PAIR


def _shorten(name: str) -> str:
    """Return `name`, or a placeholder if it is so long that it may be a secret access key, pasted by mistake."""
    return name if len(name) < _KEY_LENGTH else "that name"


def _find_line(path: str, error: object) -> int:
    """Return the number of the invalid line; 0 if it is unknown."""
    line_errors = getattr(error, "errors", ())  # a ParsingError has a pair for each invalid line
    line_number = line_errors[0][0] if line_errors else getattr(error, "lineno", 0)
    if line_number:
        return int(line_number)
    try:
        with open(path, "rb") as file:
            lines = file.read().split(b"\n")
    except OSError:
        return 0
    is_wrong = _is_not_utf8 if isinstance(error, UnicodeDecodeError) else _is_bad_nested_line
    return next((number for number, line in enumerate(lines, 1) if is_wrong(line)), 0)


def _is_not_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return True
    return False


def _is_bad_nested_line(line: bytes) -> bool:
    return line[:1].isspace() and bool(line.strip()) and b"=" not in line
