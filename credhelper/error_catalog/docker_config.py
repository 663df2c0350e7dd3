"""Docker's config.json, which `import` and `export` edit."""

from __future__ import annotations

from credhelper.error_catalog.kind import Command, ErrorKind

DOCKER_CONFIG_UNREADABLE = ErrorKind(
    "docker-config-unreadable",
    "Docker's config.json is not a file, or cannot be read",
    "cannot read {path}",
    "{reason}",
    ("make it a file that you can read, or name another one with --config FILE",),
)
DOCKER_CONFIG_WITHOUT_HOME = ErrorKind(
    "docker-config-unreadable",
    "the location of Docker's config.json is unknown",
    "cannot find Docker's config.json: there is no home directory",
    "",
    ("set HOME, or name the file with --config FILE",),
)
DOCKER_CONFIG_DIRECTORY_REMOVED = ErrorKind(
    "docker-config-unreadable",
    "the path of the file is relative to a directory that has been removed",
    "cannot find {path}: the working directory has been removed",
    "",
    ("change to a directory that exists, or use an absolute path",),
)
DOCKER_CONFIG_OF_OTHER = ErrorKind(
    "docker-config-unreadable",
    "Docker's config.json belongs to another user",
    "{path} belongs to another user",
    "the logins of another user are not yours",
    (("run the command as that user:", Command("sudo -H -u USER ...")),),
)
DOCKER_CONFIG_BROKEN = ErrorKind(
    "docker-config-broken",
    "the file is not JSON that Docker can read; the position is reported",
    "{path} is not valid JSON, and was not changed",
    "{reason}",
    ("correct it; Docker may not be able to read it either",),
)
# Reasons for it, beside what the parser reports.
TOO_DEEP = "it is nested too deeply"
BAD_NUMBER = "it contains a number that is not valid JSON"

DOCKER_CONFIG_CHANGED = ErrorKind(
    "docker-config-changed",
    "another process changed the file while it was being edited",
    "another process has changed {path}",
    "its changes were kept, and those of this command were not made",
    ("run the command again; the logins that it has stored remain stored",),
)
DOCKER_CONFIG_UNWRITABLE = ErrorKind(
    "docker-config-unwritable",
    "the file or its directory cannot be written",
    "cannot replace {path}; it was not changed",
    "{reason}",
    (
        (
            "free some space, or make yourself the owner of the file and its directory; a file that is a mount point "
            "cannot be replaced"
        ),
    ),
)
LOGIN_DIFFERS = ErrorKind(
    "login-differs",
    "`import` reads back a login that differs from the one in the file",
    "the stored login differs from the one in the file, which was not changed",
    "{server}",
    ("check whether another process has logged in meanwhile, and run the command again",),
)

ROWS = (
    *(DOCKER_CONFIG_UNREADABLE, DOCKER_CONFIG_WITHOUT_HOME, DOCKER_CONFIG_DIRECTORY_REMOVED, DOCKER_CONFIG_OF_OTHER),
    *(DOCKER_CONFIG_BROKEN, DOCKER_CONFIG_CHANGED, DOCKER_CONFIG_UNWRITABLE, LOGIN_DIFFERS),
)
