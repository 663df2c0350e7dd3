"""pass with a throwaway GPG key, whose passphrase is empty or has not been given."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

from tests.keyrings.programs import PATH, create_short_directory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IS_AVAILABLE = shutil.which("pass") is not None and shutil.which("gpg") is not None

_NAME = "nobody@example.com"
_GPG_OPTIONS = ["--batch", "--pinentry-mode=loopback"]  # the passphrase comes from its option, without a prompt


class PassStore:
    """A password store in its own directory."""

    def __init__(self, directory: Path, passphrase: str) -> None:
        self.directory = directory
        self._passphrase = passphrase

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead a client to the store."""
        return {"GNUPGHOME": str(self._gnupg), "PASSWORD_STORE_DIR": f"{self.directory}/store"}

    @property
    def has_prompted(self) -> bool:
        """Whether the user has been prompted for a passphrase."""
        return self._prompts_file.exists()

    def give_passphrase(self) -> None:
        """Give gpg's agent the passphrase, as after a prompt."""
        ciphertext = self._run(["gpg", f"--recipient={_NAME}", "--encrypt"], b"anything")
        self._run(["gpg", *_GPG_OPTIONS, f"--passphrase={self._passphrase}", "--decrypt"], ciphertext)

    def forget_passphrase(self) -> None:
        """Make gpg's agent forget the passphrase, as when its cache expires."""
        self._run(["gpgconf", "--kill", "gpg-agent"])

    def create(self) -> None:
        """Create the key, and the store that is encrypted to it."""
        pinentry = self.directory / "pinentry"
        pinentry.write_text(f"#!/bin/sh\necho $$ >>{self._prompts_file}\nexec sleep 60\n")
        pinentry.chmod(0o700)
        for _ in range(3):
            if self._create_key():
                break
            self._run(["gpgconf", "--kill", "all"])
            shutil.rmtree(self._gnupg)
        self._run(["pass", "init", _NAME])
        self.forget_passphrase()

    def _create_key(self) -> bool:
        """Create the key, and return whether it can be read.

        Rarely, GnuPG's agent cannot read a key that it has just written (rnpgp/rnp issue 2457 has cases of it).
        """
        self._gnupg.mkdir(0o700)
        calibration = "s2k-count 65536"  # given, because measuring it takes seconds
        (self._gnupg / "gpg-agent.conf").write_text(f"pinentry-program {self.directory}/pinentry\n{calibration}\n")
        key_arguments = ["--quick-generate-key", _NAME, "future-default", "default", "never"]
        try:
            self._run(["gpg", *_GPG_OPTIONS, f"--passphrase={self._passphrase}", *key_arguments])
            self.give_passphrase()
        except subprocess.CalledProcessError as error:
            if b"Corrupted protection" not in error.stderr:
                raise
            return False
        return True

    def close(self) -> None:
        """Stop gpg's programs, and prompts that still wait."""
        self._run(["gpgconf", "--kill", "all"])
        for pid in self._prompts_file.read_text().split() if self.has_prompted else ():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGTERM)

    @property
    def _gnupg(self) -> Path:
        return self.directory / "gnupg"

    @property
    def _prompts_file(self) -> Path:
        return self.directory / "prompts"

    def _run(self, argv: list[str], stdin: bytes = b"") -> bytes:
        environment = {"PATH": PATH, "HOME": str(self.directory), **self.environment}
        return subprocess.run(argv, env=environment, input=stdin, capture_output=True, check=True).stdout


@contextlib.contextmanager
def create_store(passphrase: str = "") -> Iterator[PassStore]:
    """Yield a password store. With a passphrase, its content cannot be read until the passphrase is given."""
    with create_short_directory() as directory:
        password_store = PassStore(directory, passphrase)
        try:
            password_store.create()
            yield password_store
        finally:
            password_store.close()
