"""Minimal stores until those of tests/stores are there."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Callable

import secretstorage
from jeepney.io.blocking import open_dbus_connection

if TYPE_CHECKING:
    from collections.abc import Iterator

    # Gives the variables of an empty store, for a test with this home.
    Empty = Callable[[Path], dict[str, str]]


@contextlib.contextmanager
def file() -> Iterator[Empty]:
    yield lambda home: {}


@contextlib.contextmanager
def password_store() -> Iterator[Empty]:
    with tempfile.TemporaryDirectory(prefix="ch-") as keys:
        environ = {"PATH": os.environ["PATH"], "GNUPGHOME": keys, "HOME": keys}
        generate = ["gpg", "--batch", "--quiet", "--passphrase", "", "--quick-generate-key", "tests", "future-default"]
        subprocess.run(generate, env=environ, check=True, capture_output=True)

        def empty(home: Path) -> dict[str, str]:
            folder = home / "passwords"
            folder.mkdir(mode=0o700)
            (folder / ".gpg-id").write_text("tests\n")
            return {"GNUPGHOME": keys, "PASSWORD_STORE_DIR": str(folder)}

        try:
            yield empty
        finally:
            subprocess.run(["gpgconf", "--kill", "all"], env=environ, check=True)


@contextlib.contextmanager
def secret_service() -> Iterator[Empty]:
    with tempfile.TemporaryDirectory(prefix="ch-") as folder:
        address = f"unix:path={folder}/bus"
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": folder,
            "DBUS_SESSION_BUS_ADDRESS": address,
            "XDG_RUNTIME_DIR": folder,
        }
        bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", f"--address={address}", "--print-address"],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        bus.stdout.readline()
        keyring = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        keyring.stdin.write(b"x")
        keyring.stdin.close()
        keyring.stdout.readline()
        connection = open_dbus_connection(address)

        def empty(home: Path) -> dict[str, str]:
            for item in secretstorage.get_default_collection(connection).get_all_items():
                item.delete()
            return {"DBUS_SESSION_BUS_ADDRESS": address, "XDG_RUNTIME_DIR": folder}

        try:
            yield empty
        finally:
            connection.close()
            for process in (keyring, bus):
                process.terminate()
                process.wait()
                process.stdout.close()


KINDS = {"file": file, "pass": password_store, "secret-service": secret_service}
