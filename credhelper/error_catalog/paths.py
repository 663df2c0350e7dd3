"""Relative paths, which would be read in the working directory, where a stranger may have written."""

from __future__ import annotations

from credhelper.error_catalog.kind import Command, ErrorKind

_ID = "path-relative"
_WHEN = "a variable or a profile names a file or a program by a relative path, which the run would read or start"
_MESSAGE = "{setting} is not an absolute path: {value}"
_WHY = "relative paths are refused, because the working directory may contain files written by strangers"

VARIABLE_RELATIVE = ErrorKind(
    _ID, _WHEN, _MESSAGE, _WHY, (("use the absolute path:", Command("export {setting}={path}")),)
)
VARIABLE_RELATIVE_UNKNOWN = ErrorKind(_ID, _WHEN, _MESSAGE, _WHY, ("set {setting} to an absolute path",))
PROFILE_RELATIVE = ErrorKind(_ID, _WHEN, _MESSAGE, _WHY, (("use the absolute path there:", Command("{key} = {path}")),))
PROFILE_RELATIVE_UNKNOWN = ErrorKind(_ID, _WHEN, _MESSAGE, _WHY, ("use an absolute path there",))
BUS_RELATIVE = ErrorKind(
    _ID, _WHEN, _MESSAGE, _WHY, ("unset it, or use the absolute path of the socket: unix:path=/...",)
)
HOME_RELATIVE = ErrorKind(
    _ID,
    "`HOME` is not an absolute path, and a file in the home directory would be read",
    "HOME is not an absolute path: {value}",
    "{consequence}",
    ("set HOME to the absolute path of the home directory",),
)
ROWS = (
    *(VARIABLE_RELATIVE, VARIABLE_RELATIVE_UNKNOWN, PROFILE_RELATIVE, PROFILE_RELATIVE_UNKNOWN),
    *(BUS_RELATIVE, HOME_RELATIVE),
)
