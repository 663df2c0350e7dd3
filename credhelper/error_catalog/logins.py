"""Logins of other registries: the keyrings that store them, their index, and the helpers that other hosts use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credhelper.error_catalog.kind import Command, ErrorKind

if TYPE_CHECKING:
    from credhelper.error_catalog.kind import Step

_ALTERNATIVE = 'or store logins in a private file: set keyring = "file" under [logins] in the settings'
_START_SECRET_SERVICE: Step = (
    "start the desktop session, or its keyring:",
    Command("gnome-keyring-daemon --start --components=secrets"),
)

KEYRING_CLASS_INVALID = ErrorKind(
    "keyring-missing",
    "`PYTHON_KEYRING_BACKEND` does not name a class",
    "PYTHON_KEYRING_BACKEND does not name a class: {name}",
    "",
    ("set it to a class such as keyring.backends.SecretService.Keyring, or unset it",),
)
KEYRING_NOT_LOADABLE = ErrorKind(
    "keyring-missing",
    "the keyring package cannot be imported",
    "cannot load Python's keyring package",
    "{error}",
    ("install credhelper again: its installation is incomplete",),
)
KEYRING_UNUSABLE = ErrorKind(
    "keyring-missing",
    "the keyring that is configured, or that stores the login, is not available",
    "{keyring} is not available",
    "{reason}",
    ("install or start what is missing", _ALTERNATIVE),
)
KEYRING_NONE = ErrorKind(
    "keyring-missing",
    "the settings store tokens in the keyring, and there is no keyring",
    "this machine has no keyring",
    "",
    ("start a keyring", _ALTERNATIVE),
)
SECRET_SERVICE_UNREACHABLE = ErrorKind(
    "keyring-missing",
    "the desktop's keyring cannot be reached",
    "cannot reach the desktop's keyring (Secret Service)",
    "{reason}",
    (
        _START_SECRET_SERVICE,
        ("over SSH:", Command("export DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/$(id -u)/bus")),
        _ALTERNATIVE,
    ),
)
# Reasons for it.
NO_BUS = "DBUS_SESSION_BUS_ADDRESS is not set, and there is no session bus at the default address"
SILENT_BUS = "the D-Bus session bus does not respond ({error})"
NOT_RUNNING = "no Secret Service is running, and D-Bus cannot start one"

KEYRING_LOCKED = ErrorKind(
    "keyring-locked",
    "the keyring is locked, and only a user could unlock it",
    "{keyring} is locked",
    "",
    ("unlock it", _ALTERNATIVE),
)
KEYRING_LOCKED_BY = KEYRING_LOCKED._replace(why="{reason}")
GPG_FAILED = "gpg cannot decrypt the entry without asking for a passphrase, or the entry is damaged"  # a reason for it
SECRET_SERVICE_LOCKED = ErrorKind(
    "keyring-locked",
    "the desktop's keyring is locked",
    "the desktop's keyring (Secret Service) is locked",
    "",
    (
        "unlock it: log in at the desktop, or open Passwords and Keys (seahorse) there",
        (
            "over SSH:",
            Command(
                'read -rs P; printf %s "$P" | gnome-keyring-daemon --replace --unlock --daemonize --components=secrets'
            ),
        ),
        _ALTERNATIVE,
    ),
)
SECRET_SERVICE_NOT_SET_UP = ErrorKind(
    "keyring-locked",
    "the desktop's keyring has no password yet",
    "the desktop's keyring (Secret Service) has not been set up",
    "it has no password yet, and only a user can choose one",
    ("log in at the desktop once, and choose a password for the keyring", _ALTERNATIVE),
)
KWALLET_CLOSED = ErrorKind(
    "keyring-locked",
    "KWallet is closed",
    "KWallet is closed",
    "",
    ("open the wallet at the desktop (KWalletManager)", _ALTERNATIVE),
)
PRIVATE_FILE_LOCKED = ErrorKind(
    "keyring-locked",
    "the private file is encrypted, and its key is missing",
    "{keyring} is locked",
    "{reason}",
    ("restore the file that key_file names; without it, move the private file away and log in again",),
)

KEYRING_FAILED = ErrorKind(
    "keyring-failed",
    "the keyring raised an error",
    "cannot access {keyring}",
    "it could not be {verb}: {reason}",
    ("correct what it reports, or restart its service", _ALTERNATIVE),
)
PRIVATE_FILE_FAILED = KEYRING_FAILED._replace(fix=("restore the file from a backup, or move it away and log in again",))
KEYRING_KEPT_NOTHING = ErrorKind(
    "keyring-failed",
    "the keyring did not store the login",
    "{keyring} did not store the login",
    "reading it back returned something else",
    ("the keyring may limit the length of an entry, or store nothing at all", _ALTERNATIVE),
)
PRIVATE_FILE_KEPT_NOTHING = KEYRING_KEPT_NOTHING._replace(fix=KEYRING_KEPT_NOTHING.fix[:1])
SECRET_SERVICE_FAILED = ErrorKind(
    "keyring-failed",
    "the desktop's keyring cannot be searched",
    "cannot search the desktop's keyring (Secret Service)",
    "{error}",
    (_START_SECRET_SERVICE,),
)
KEYRING_SILENT = ErrorKind(
    "keyring-failed",
    "the keyring does not respond",
    "the keyring does not respond",
    "{hang}",
    ("restart the service of the keyring",),
)
KEYRING_BUSY = ErrorKind(
    "keyring-failed",
    "an earlier request to a keyring has not been answered",
    "the keyring does not respond",
    "an earlier request has not been answered",
    ("restart the service of the keyring",),
)
LOGIN_GARBLED = ErrorKind(
    "keyring-failed",
    "the keyring's entry is not a login",
    "the entry in {keyring} is not a login",
    "{server}",
    (("log in again:", Command("docker login {server}")),),
)

LOGIN_UNCERTAIN = ErrorKind(
    "login-uncertain",
    "the run exceeds its deadline while it changes a login in the keyring",
    "timed out after {timeout} seconds: {if_interrupted}",
    "{hang}",
    (
        "check the result; running docker login or docker logout again is safe:",
        Command("echo {host} | docker-credential-ecr get"),
    ),
)

LOGIN_UNKEPT = ErrorKind(
    "login-unkept",
    "the directory of the logins cannot be written",
    "cannot change the logins",
    "{reason}",
    (("check the directory; with sudo, use sudo -H:", Command("ls -ld {directory}")),),
)
LOGIN_UNKEPT_BY_OTHER = LOGIN_UNKEPT._replace(why="{directory} belongs to another user")
LOGIN_WITHOUT_HOME = ErrorKind(
    "login-unkept",
    "there is no directory for the logins",
    "cannot change the logins",
    "neither XDG_DATA_HOME nor HOME is an absolute path",
    ("set HOME to an absolute path",),
)
LOGINS_UNREADABLE = ErrorKind(
    "logins-unreadable",
    "the index of the logins belongs to another user, or is damaged",
    "cannot use the index of the logins, {path}",
    "{reason}",
    (
        ("check its owner:", Command("ls -l {path}")),
        "or move it away: logins are then searched for in the keyring, and the next docker login writes a new index",
    ),
)
LOGINS_OUT_OF_REACH = ErrorKind(
    "logins-unreadable",
    "the directory of the logins cannot be read",
    "cannot read {directory}",
    "{reason}",
    (("check its owner:", Command("ls -ld {directory}")),),
)

DELEGATE_MISSING = ErrorKind(
    "delegate-missing",
    "the helper that the settings name is not on `PATH`",
    "{program}, which the settings name, is not in the directories of PATH",
    "",
    ("install {program}, or remove it from the settings ([[delegate]])",),
)
DELEGATE_NOT_STARTED = ErrorKind(
    "delegate-failed",
    "that helper could not be run, or was killed",
    "cannot start {program}",
    "{reason}",
    (("run it by hand:", Command("{program} list")),),
)
DELEGATE_KILLED = DELEGATE_NOT_STARTED._replace(message="{program} was ended by signal {signal}", why="")
DELEGATE_ENDLESS = DELEGATE_NOT_STARTED._replace(message="the output of {program} is too long", why="")
DELEGATE_CANNOT_LIST = DELEGATE_NOT_STARTED._replace(message="{program} cannot list its logins", why="")
DELEGATE_LOOP = ErrorKind(
    "delegate-loop",
    "that helper calls this one",
    "this helper and docker-credential-{caller} call each other",
    "",
    ("in the settings, name another helper than {helper} under [[delegate]]",),
)

ROWS = (
    *(KEYRING_UNUSABLE, KEYRING_CLASS_INVALID, KEYRING_NOT_LOADABLE, KEYRING_NONE, SECRET_SERVICE_UNREACHABLE),
    *(KEYRING_LOCKED, KEYRING_LOCKED_BY, SECRET_SERVICE_LOCKED, SECRET_SERVICE_NOT_SET_UP, KWALLET_CLOSED),
    *(PRIVATE_FILE_LOCKED, KEYRING_FAILED, PRIVATE_FILE_FAILED, KEYRING_KEPT_NOTHING, PRIVATE_FILE_KEPT_NOTHING),
    *(SECRET_SERVICE_FAILED, KEYRING_SILENT, KEYRING_BUSY, LOGIN_GARBLED, LOGIN_UNCERTAIN),
    *(LOGIN_UNKEPT, LOGIN_UNKEPT_BY_OTHER, LOGIN_WITHOUT_HOME, LOGINS_UNREADABLE, LOGINS_OUT_OF_REACH),
    *(DELEGATE_MISSING, DELEGATE_NOT_STARTED, DELEGATE_KILLED, DELEGATE_ENDLESS, DELEGATE_CANNOT_LIST, DELEGATE_LOOP),
)
