"""Logins of other registries: the keyrings that keep them, their index, and the helpers that others are asked by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credhelper.error_catalog.kind import Command, ErrorKind

if TYPE_CHECKING:
    from credhelper.error_catalog.kind import Step

# The start of each message of a login that was looked for.
NO_LOGIN = "no login for {server} can be had"

_ALTERNATIVE = 'or name another keyring: keyring = "file" in [logins] of the settings'
_FILE_HINT = 'or keep logins elsewhere: keyring = "file" in [logins] of the settings (docs/settings.md)'
_START_SECRET_SERVICE: Step = (
    "start the desktop's session, or its keyring:",
    Command("gnome-keyring-daemon --start --components=secrets"),
)
_SUDO = "with sudo: use sudo -H"

KEYRING_CLASS_INVALID = ErrorKind(
    "keyring-missing",
    "`PYTHON_KEYRING_BACKEND` names no class",
    "PYTHON_KEYRING_BACKEND is '{name}', which names no class",
    ("set it to one, such as keyring.backends.SecretService.Keyring, or unset it",),
)
KEYRING_NOT_LOADABLE = ErrorKind(
    "keyring-missing",
    "the installation lacks what a keyring needs",
    "Python's keyring cannot be loaded: {error}",
    ("install credhelper again: its installation is not whole",),
)
KEYRING_UNUSABLE = ErrorKind(
    "keyring-missing",
    "the keyring that is named, or holds the login, cannot be had here",
    "{keyring} cannot be used here: {reason}",
    ("install or start what it names", _ALTERNATIVE),
)
KEYRING_NONE = ErrorKind(
    "keyring-missing",
    "tokens are to be in the keyring, and there is none",
    "this machine has no keyring",
    ('start one, or say keyring = "file" in [logins]',),
)
SECRET_SERVICE_UNREACHABLE = ErrorKind(
    "keyring-missing",
    "the desktop's keyring cannot be reached",
    "the desktop's keyring (Secret Service) cannot be reached: {reason}",
    (
        _START_SECRET_SERVICE,
        ("over SSH:", Command("export DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/$(id -u)/bus")),
        _FILE_HINT,
    ),
)
# Reasons for it.
NO_BUS = "no D-Bus of a session is named"
SILENT_BUS = "D-Bus does not answer ({error})"
NOT_RUNNING = "no Secret Service is running, and D-Bus can start none"

KEYRING_LOCKED = ErrorKind(
    "keyring-locked",
    "the keyring is locked, and only a person could unlock it",
    "{keyring} is locked",
    ("unlock it", _ALTERNATIVE),
)
KEYRING_LOCKED_BY = KEYRING_LOCKED._replace(message="{keyring} is locked ({reason})")
GPG_FAILED = "gpg cannot read it without asking for a passphrase, or it is damaged"  # a reason for it
SECRET_SERVICE_LOCKED = ErrorKind(
    "keyring-locked",
    "the desktop's keyring is locked",
    "the desktop's keyring (Secret Service) is locked",
    (
        "unlock it: log in at the desktop, or open Passwords and Keys (seahorse) there",
        (
            "over SSH:",
            Command(
                'read -rs P; printf %s "$P" | gnome-keyring-daemon --replace --unlock --daemonize --components=secrets'
            ),
        ),
        _FILE_HINT,
    ),
)
SECRET_SERVICE_NOT_SET_UP = ErrorKind(
    "keyring-locked",
    "the desktop's keyring has no password yet",
    "the desktop's keyring has not been set up yet, which a person must do",
    ("log in at the desktop once, and give the keyring a password", _FILE_HINT),
)
KWALLET_CLOSED = ErrorKind(
    "keyring-locked",
    "KWallet is closed",
    "KWallet is closed",
    ("open the wallet at the desktop (KWalletManager)", _FILE_HINT),
)
PRIVATE_FILE_LOCKED = ErrorKind(
    "keyring-locked",
    "the private file is encrypted, and its key is not there",
    "{keyring} is locked ({reason})",
    ("put back the key that key_file names; without it, move the file away and log in again",),
)

KEYRING_FAILED = ErrorKind(
    "keyring-failed",
    "the keyring raised an error",
    "{keyring} could not be {verb}: {reason}",
    ("look at what it says, and at its service", _ALTERNATIVE),
)
PRIVATE_FILE_FAILED = KEYRING_FAILED._replace(fix=("restore the file from a backup, or move it away and log in again",))
KEYRING_KEPT_NOTHING = ErrorKind(
    "keyring-failed",
    "the keyring did not keep what it was given",
    "{keyring} did not keep what it was given",
    ("it may have a limit of length, or keep nothing", _ALTERNATIVE),
)
PRIVATE_FILE_KEPT_NOTHING = KEYRING_KEPT_NOTHING._replace(fix=KEYRING_KEPT_NOTHING.fix[:1])
SECRET_SERVICE_FAILED = ErrorKind(
    "keyring-failed",
    "the desktop's keyring cannot be searched",
    "the desktop's keyring (Secret Service) cannot be searched: {error}",
    (_START_SECRET_SERVICE,),
)
KEYRING_SILENT = ErrorKind(
    "keyring-failed",
    "the keyring does not answer",
    "the keyring does not answer: {hang}",
    ("look at the keyring's service",),
)
KEYRING_BUSY = ErrorKind(
    "keyring-failed",
    "a keyring that was asked before does not answer",
    "a keyring that was asked before does not answer",
    ("look at its service",),
)
LOGIN_GARBLED = ErrorKind(
    "keyring-failed",
    "what the keyring has is no login",
    "what {keyring} has for {server} is no login",
    (("log in again:", Command("docker login {server}")),),
)

LOGIN_UNCERTAIN = ErrorKind(
    "login-uncertain",
    "the time was over while a login was changed in the keyring",
    "no answer within {timeout} seconds: {hang}; {if_interrupted}",
    ("look at the keyring that it names; a get then tells which it is, and the same once more does no harm",),
)

LOGIN_UNKEPT = ErrorKind(
    "login-unkept",
    "the folder of the logins cannot be written",
    "the logins cannot be changed: {reason}",
    (("look at it:", Command("ls -ld {directory}")), _SUDO),
)
LOGIN_UNKEPT_BY_OTHER = LOGIN_UNKEPT._replace(
    message="the logins cannot be changed: {directory} belongs to another user"
)
LOGIN_WITHOUT_HOME = ErrorKind(
    "login-unkept",
    "there is no folder for the logins",
    "the logins cannot be changed: neither XDG_DATA_HOME nor HOME gives a folder that begins with /",
    ("set HOME",),
)
LOGINS_UNREADABLE = ErrorKind(
    "logins-unreadable",
    "the list of logins is another's, or broken",
    "the list of logins {path} is not used: {reason}",
    (
        ("look at whose it is:", Command("ls -l {path}")),
        "or move it away: each login is then asked for in the keyring, and the next docker login writes another list",
    ),
)
LOGINS_OUT_OF_REACH = ErrorKind(
    "logins-unreadable",
    "the folder of the logins cannot be looked at",
    "{directory} cannot be looked at: {reason}",
    (("look at whose it is:", Command("ls -ld {directory}")),),
)

DELEGATE_MISSING = ErrorKind(
    "delegate-missing",
    "the helper that the settings name is not on `PATH`",
    "the settings name {program}, and there is none in the folders of PATH",
    ("install {program}, or take it out of the settings ([[delegate]])",),
)
DELEGATE_NOT_STARTED = ErrorKind(
    "delegate-failed",
    "that helper could not be run, or was killed",
    "{program} could not be started: {reason}",
    (("run it by hand:", Command("{program} list")),),
)
DELEGATE_KILLED = DELEGATE_NOT_STARTED._replace(message="{program} was ended by signal {signal}")
DELEGATE_ENDLESS = DELEGATE_NOT_STARTED._replace(message="{program} prints without end")
DELEGATE_CANNOT_LIST = DELEGATE_NOT_STARTED._replace(message="{program} cannot list its logins")
DELEGATE_LOOP = ErrorKind(
    "delegate-loop",
    "that helper asks this one again",
    "docker-credential-{caller} was asked by this helper, and asks it again",
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
