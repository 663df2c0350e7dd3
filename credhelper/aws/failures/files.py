"""~/.aws/config and ~/.aws/credentials as files: whether they can be read, and in which line one is broken."""

from __future__ import annotations

import configparser
import os
from typing import TYPE_CHECKING

from credhelper.aws.failures.words import typed
from credhelper.errors import HelperError, printable

if TYPE_CHECKING:
    from botocore.exceptions import ConfigParseError
    from botocore.session import Session

    from credhelper.target import Target

_KEY = 40  # characters of a secret access key


def named(session: Session) -> str:
    """Give the two files as the user named them."""
    return " or ".join(map(printable, _names(session)))


def of_profile(name: str, session: Session) -> str:
    """Give the file that has the profile `name`."""
    config, credentials = _names(session)
    try:
        with open(_path(credentials), encoding="utf-8") as file:
            found = f"[{name}]" in file.read()
    except (OSError, UnicodeDecodeError):
        found = False
    return printable(credentials if found else config)


def unreadable(target: Target, session: Session) -> HelperError | None:
    """Give the HelperError for a file that this user may not read, if there is one: botocore passes over it."""
    for path in map(_path, _names(session)):
        if os.path.isfile(path) and not os.access(path, os.R_OK):
            return HelperError(
                "config-unreadable",
                f"{printable(path)}, where the credentials for {target.host} may stand, cannot be read by user "
                f"{os.geteuid()}",
                f"let this user read it: ls -l {typed(path)}; or pull as the user who owns it",
            )
    return None


def broken(unread: ConfigParseError, target: Target) -> HelperError:
    """Give the HelperError for a file that is none of AWS's. What stands in its line may be a secret."""
    path, error = str(unread.kwargs["path"]), unread.kwargs.get("error")
    number = _line_of(path, error)
    where = f"{printable(path)}, line {number}," if number else printable(path)
    return HelperError(
        "config-broken",
        f"{where} cannot be understood, so {target.host} got no token: {_what(error)}",
        "mend that line: a file of AWS's tools has sections such as [default], and lines such as name = value",
    )


def _names(session: Session) -> list[str]:
    return [session.get_config_variable(each) for each in ("config_file", "credentials_file")]


def _path(name: str) -> str:
    return os.path.expanduser(os.path.expandvars(name))


def _what(error: object) -> str:
    if isinstance(error, configparser.MissingSectionHeaderError):
        return "it stands before any [section]"
    if isinstance(error, configparser.DuplicateSectionError):
        return f"there is a section {_short(str(error.section))} already"
    if isinstance(error, configparser.DuplicateOptionError):
        return f"{_short(error.option)} is there already"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    return "it is no name = value"


def _short(name: str) -> str:
    """Somebody may have pasted a key where a name belongs, and no name is as long."""
    return printable(name) if len(name) < _KEY else "that name"


def _line_of(path: str, error: object) -> int:
    """Give the number of the line that is wrong, 0 where it cannot be told."""
    errors = getattr(error, "errors", ())  # of a ParsingError, with a pair for each line
    number = errors[0][0] if errors else getattr(error, "lineno", 0)
    if number:
        return int(number)
    try:
        with open(path, "rb") as file:
            lines = file.read().split(b"\n")
    except OSError:
        return 0
    is_wrong = _is_no_text if isinstance(error, UnicodeDecodeError) else _is_no_nested_setting
    return next((at for at, text in enumerate(lines, 1) if is_wrong(text)), 0)


def _is_no_text(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return True
    return False


def _is_no_nested_setting(text: bytes) -> bool:
    return text[:1].isspace() and bool(text.strip()) and b"=" not in text
