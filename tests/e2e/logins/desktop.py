"""A desktop's session: a bus and GNOME's keyring, which is unlocked as the person signs in.

There is no screen, so that a prompt would wait for ever.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.instance import Instance

USER = "ec2-user"
RUNTIME = "/run/user/1000"
ENV = {"XDG_RUNTIME_DIR": RUNTIME, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={RUNTIME}/bus"}
PASSWORD = "of the desktop"

BUS = ["dbus-daemon", "--session", "--fork", "--print-pid", f"--address={ENV['DBUS_SESSION_BUS_ADDRESS']}"]
# One that runs is not unlocked by a second one.
UNLOCK = ["gnome-keyring-daemon", "--replace", "--unlock", "--daemonize", "--components=secrets"]
SECRETS = "/org/freedesktop/secrets"
LOCK = [
    *("dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.secrets", SECRETS),
    *("org.freedesktop.Secret.Service.Lock", f"array:objpath:{SECRETS}/collection/login"),
]


@contextlib.contextmanager
def signed_in(instance: Instance) -> Iterator[None]:
    """Let the user sign in, and out again at the end."""
    instance.must("make the session's folder", ["install", "-d", f"--owner={USER}", "--mode=700", RUNTIME])
    bus = instance.must("start the bus", BUS, user=USER).strip()
    try:
        unlock(instance)
        yield
    finally:
        instance.must("end the session", ["kill", bus])
        instance.must("remove its folder", ["rm", "-r", RUNTIME])


def unlock(instance: Instance) -> None:
    """Unlock the keyring, as signing in does."""
    instance.must("unlock the keyring", UNLOCK, input=PASSWORD, user=USER, env=ENV)


def lock(instance: Instance) -> None:
    """Lock the keyring, as a screen saver may."""
    instance.must("lock the keyring", LOCK, user=USER, env=ENV)
