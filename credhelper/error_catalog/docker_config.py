"""Docker's config.json, which `import` and `export` edit."""

from __future__ import annotations

from credhelper.error_catalog.kind import Command, ErrorKind

DOCKER_CONFIG_UNREADABLE = ErrorKind(
    "docker-config-unreadable",
    "Docker's config.json is no file, or cannot be read",
    "{path} cannot be read: {reason}",
    ("make it a file that you can read, or name another: --config FILE",),
)
DOCKER_CONFIG_WITHOUT_HOME = ErrorKind(
    "docker-config-unreadable",
    "nobody says where Docker's config.json is",
    "there is no home in which Docker's config.json could be",
    ("set HOME, or name the file: --config FILE",),
)
DOCKER_CONFIG_DIRECTORY_REMOVED = ErrorKind(
    "docker-config-unreadable",
    "the file is named by a path that is relative to a directory which has been removed",
    "{path} is relative to a working directory that has been removed",
    ("change to a directory that exists, or give an absolute path",),
)
DOCKER_CONFIG_OF_OTHER = ErrorKind(
    "docker-config-unreadable",
    "Docker's config.json is another user's",
    "{path} belongs to another user, whose logins are not yours",
    (("run it as that user:", Command("sudo -H -u USER ...")),),
)
DOCKER_CONFIG_BROKEN = ErrorKind(
    "docker-config-broken",
    "it is no JSON that Docker can read; the place is named",
    "{path} is not edited: {reason}",
    ("mend it; Docker may not read it either",),
)
# Reasons for it, beside what is wrong at a place.
TOO_DEEP = "it is nested too deeply"
BAD_NUMBER = "it holds a number that is none in JSON"

DOCKER_CONFIG_CHANGED = ErrorKind(
    "docker-config-changed",
    "somebody else changed it while it was edited",
    "somebody else has been changing {path} meanwhile, and it is as they left it",
    ("do it again; what was stored by now stays stored",),
)
DOCKER_CONFIG_UNWRITABLE = ErrorKind(
    "docker-config-unwritable",
    "it, or its folder, cannot be written",
    "{path} cannot be replaced, and is as it was: {reason}",
    ("make room, or let its folder and itself belong to you; one that is mounted alone cannot be replaced",),
)
LOGIN_DIFFERS = ErrorKind(
    "login-differs",
    "`import` reads back another login than the file's",
    "{server}: what is stored by now is not the login of the file, which stays as it is",
    ("look whether something else has logged in meanwhile, and do it again",),
)

ROWS = (
    *(DOCKER_CONFIG_UNREADABLE, DOCKER_CONFIG_WITHOUT_HOME, DOCKER_CONFIG_DIRECTORY_REMOVED, DOCKER_CONFIG_OF_OTHER),
    *(DOCKER_CONFIG_BROKEN, DOCKER_CONFIG_CHANGED, DOCKER_CONFIG_UNWRITABLE, LOGIN_DIFFERS),
)
