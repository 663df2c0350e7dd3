"""pass, with a GPG key that is made for a test and thrown away; its passphrase is empty, or nobody has given it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

from tests.stores.programs import PATH, short_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HERE = shutil.which("pass") is not None and shutil.which("gpg") is not None

_NAME = "nobody@example.com"
_TYPED = ["--batch", "--pinentry-mode=loopback"]  # a passphrase comes from its option, and nobody is asked


class Passwords:
    """A password store, in a folder of its own."""

    def __init__(self, folder: Path, passphrase: str) -> None:
        self.folder = folder
        self._passphrase = passphrase

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a client finds it."""
        return {"GNUPGHOME": f"{self.folder}/gnupg", "PASSWORD_STORE_DIR": f"{self.folder}/store"}

    @property
    def prompted(self) -> bool:
        """Whether a person has been asked for a passphrase."""
        return self._prompts.exists()

    def give_passphrase(self) -> None:
        """Let gpg's agent know the passphrase, as after a person was asked for it."""
        sealed = self._run(["gpg", f"--recipient={_NAME}", "--encrypt"], b"anything")
        self._run(["gpg", *_TYPED, f"--passphrase={self._passphrase}", "--decrypt"], sealed)

    def forget(self) -> None:
        """Let gpg's agent know no passphrase any more, as after the time for which it keeps one."""
        self._run(["gpgconf", "--kill", "gpg-agent"])

    def make(self) -> None:
        """Make the key, and the store that is encrypted to it."""
        pinentry = self.folder / "pinentry"
        pinentry.write_text(f"#!/bin/sh\necho $$ >>{self._prompts}\nexec sleep 60\n")
        pinentry.chmod(0o700)
        gnupg = self.folder / "gnupg"
        gnupg.mkdir(0o700)
        (gnupg / "gpg-agent.conf").write_text(
            f"pinentry-program {pinentry}\ns2k-count 65536\n"
        )  # not calibrated: that takes seconds
        made = ["--quick-generate-key", _NAME, "future-default", "default", "never"]
        self._run(["gpg", *_TYPED, f"--passphrase={self._passphrase}", *made])
        self._run(["pass", "init", _NAME])
        self.forget()

    def end(self) -> None:
        """End gpg's programs, and a prompt that still waits."""
        self._run(["gpgconf", "--kill", "all"])
        for prompt in self._prompts.read_text().split() if self.prompted else ():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(prompt), signal.SIGTERM)

    @property
    def _prompts(self) -> Path:
        return self.folder / "prompts"

    def _run(self, argv: list[str], given: bytes = b"") -> bytes:
        environment = {"PATH": PATH, "HOME": str(self.folder), **self.environment}
        return subprocess.run(argv, env=environment, input=given, capture_output=True, check=True).stdout


@contextlib.contextmanager
def store(passphrase: str = "") -> Iterator[Passwords]:
    """Give a password store. With a passphrase what is in it can be read by nobody: it would have to be asked for."""
    with short_folder() as folder:
        passwords = Passwords(folder, passphrase)
        try:
            passwords.make()
            yield passwords
        finally:
            passwords.end()
