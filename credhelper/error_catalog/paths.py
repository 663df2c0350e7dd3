"""Paths that would be read in the working directory, which a stranger may have written."""

from __future__ import annotations

from credhelper.error_catalog.kind import Command, ErrorKind

WHILE_FETCHING = "no token for {host}"  # the context of such an error while a token is wanted

_ID = "path-relative"
_WHEN = "a variable or a profile names a file or a program by a relative path, which the run would read or start"
_MESSAGE = "{setting} is not an absolute path: {value}"
_REASON = "relative paths are refused: a build's working directory may hold files of strangers"

VARIABLE_RELATIVE = ErrorKind(
    _ID, _WHEN, _MESSAGE, (("use the absolute path:", Command("export {setting}={path}")), _REASON)
)
VARIABLE_RELATIVE_UNKNOWN = ErrorKind(_ID, _WHEN, _MESSAGE, ("let {setting} be an absolute path", _REASON))
PROFILE_RELATIVE = ErrorKind(
    _ID, _WHEN, _MESSAGE, (("write the absolute path there:", Command("{key} = {path}")), _REASON)
)
PROFILE_RELATIVE_UNKNOWN = ErrorKind(_ID, _WHEN, _MESSAGE, ("write an absolute path there", _REASON))
BUS_RELATIVE = ErrorKind(
    _ID, _WHEN, _MESSAGE, ("unset it, or name the socket by its absolute path: unix:path=/...", _REASON)
)
HOME_RELATIVE = ErrorKind(
    _ID,
    "`HOME` is not an absolute path, and what is to be read is in the home directory",
    "HOME is not an absolute path: {value}; {consequence}",
    ("set HOME to the absolute path of the home directory",),
)
ROWS = (
    *(VARIABLE_RELATIVE, VARIABLE_RELATIVE_UNKNOWN, PROFILE_RELATIVE, PROFILE_RELATIVE_UNKNOWN),
    *(BUS_RELATIVE, HOME_RELATIVE),
)
