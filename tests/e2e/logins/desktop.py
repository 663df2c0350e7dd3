"""A desktop's session: a bus and GNOME's keyring, which is unlocked as the person signs in.

There is no screen, so that a prompt would wait for ever.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fake_ec2 import Instance

USER = "ec2-user"
RUNTIME = "/run/user/1000"
ENV = {"XDG_RUNTIME_DIR": RUNTIME, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={RUNTIME}/bus"}
PASSWORD = "of the desktop"

BUS_COMMAND = ["dbus-daemon", "--session", "--fork", "--print-pid", f"--address={ENV['DBUS_SESSION_BUS_ADDRESS']}"]
# One that runs is not unlocked by a second one.
UNLOCK_COMMAND = ["gnome-keyring-daemon", "--replace", "--unlock", "--daemonize", "--components=secrets"]
SECRETS = "/org/freedesktop/secrets"
LOCK_COMMAND = [
    *("dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.secrets", SECRETS),
    *("org.freedesktop.Secret.Service.Lock", f"array:objpath:{SECRETS}/collection/login"),
]


@contextlib.contextmanager
def sign_in(instance: Instance) -> Iterator[None]:
    """Let the user sign in, and out again at the end."""
    instance.check_output("make the session's folder", ["install", "-d", f"--owner={USER}", "--mode=700", RUNTIME])
    bus = instance.check_output("start the bus", BUS_COMMAND, user=USER).strip()
    try:
        unlock(instance)
        yield
    finally:
        instance.check_output("end the session", ["kill", bus])
        instance.check_output("remove its folder", ["rm", "-r", RUNTIME])


def unlock(instance: Instance) -> None:
    """Unlock the keyring, as signing in does."""
    instance.check_output("unlock the keyring", UNLOCK_COMMAND, input=PASSWORD, user=USER, env=ENV)


def lock(instance: Instance) -> None:
    """Lock the keyring, as a screen saver may."""
    instance.check_output("lock the keyring", LOCK_COMMAND, user=USER, env=ENV)
