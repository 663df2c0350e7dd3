"""The dependencies of a token: files are stamped before the exchange and compared after it.

If a file changed meanwhile, or so recently that its stamp may not show another change, the dependencies are unknown:
the token is returned but not cached (git's index solves the same race in the same way).
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from credhelper import fingerprint
from credhelper.cache import web_identity
from credhelper.cache.file_stamps import is_stable
from credhelper.paths import aws_config_files, identity_token_files
from credhelper.settings.rules import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from credhelper.ecr.token import CredentialSource


class DependencySnapshot:
    """A snapshot of the dependencies before an exchange; `confirm_dependencies` is called after the exchange.

    It includes the files of `settings`, which were read earlier. `clock` returns seconds of UTC since the epoch, as in
    the kernel's file stamps.
    """

    def __init__(
        self, environ: Mapping[str, str], settings: Settings | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.environ = environ
        self._variables, self._confidential = fingerprint.read_variables(environ)
        self._settings = settings or Settings()
        self._clock = clock
        self._started_at = clock()
        self._file_dependencies = _observe_files(aws_config_files(environ), environ)

    def key(self, scope: object) -> str:
        """Return a name for this identity and `scope` that is the same in all processes that need the same token.

        It names the lock and the recent failure that these processes share. It does not depend on confidential
        variables.
        """
        machine_dependencies = [fingerprint.observe(kind, b"", self.environ) for kind in (b"boot", b"network")]
        key_material = b"\n".join(
            (self._variables, *self._file_dependencies, *machine_dependencies, ascii(scope).encode("ascii"))
        )
        return fingerprint.checksum(key_material)

    def confidential(self, secrets: Sequence[str]) -> bytes:
        """Return the data that also distinguishes this identity but may be secret.

        It consists of the confidential variables and of `secrets`, which come from the settings; it may be empty.
        """
        return self._confidential + "".join(f"{text!a}\n" for text in secrets).encode("ascii")

    def confirm_dependencies(self, source: CredentialSource) -> Sequence[bytes] | None:
        """Return the dependencies of the token; None if any of them may have changed since the snapshot."""
        paths = aws_config_files(self.environ)
        token_subjects = web_identity.observe_subjects([*identity_token_files(self.environ), *source.files])
        file_dependencies = _observe_files(paths, self.environ)
        if file_dependencies != self._file_dependencies or not self._settings.matches(file_dependencies):
            return None
        if not all(map(self._is_stable, (*paths, *source.files))):
            return None
        dependencies = [*file_dependencies, *_observe_files(source.files, self.environ), *token_subjects]
        if source.machine_bound:
            dependencies += [fingerprint.observe(kind, b"", self.environ) for kind in (b"boot", b"network")]
        if source.used_process:
            dependencies.append(fingerprint.observe(b"variable", b"PATH", self.environ))
        if source.role_identity:
            dependencies.append(
                b"\t".join((fingerprint.REPORTED, *(text.encode("utf-8") for text in source.role_identity)))
            )
        return dependencies if all(map(_is_serializable, dependencies)) else None

    def _is_stable(self, path: str) -> bool:
        """Return whether the stamp of the file would show a later change.

        Return False for a path with "$" or "~name": botocore expands it, and the file that results is not among the
        dependencies.
        """
        if "$" in path or (path.startswith("~") and not path.startswith("~/")):
            return False
        is_setting = os.fsencode(path) in (dependency.split(b"\t")[1] for dependency in self._settings.file_stamps)
        started_at = self._settings.read_at if is_setting else self._started_at
        return is_stable(path, started_at, self._clock())


def _observe_files(paths: Sequence[str], environ: Mapping[str, str]) -> list[bytes]:
    return [fingerprint.observe(b"file", os.fsencode(path), environ) for path in dict.fromkeys(paths)]


def _is_serializable(dependency: bytes) -> bool:
    """Return whether an entry can store `dependency`.

    It cannot store a path that contains a tab or a newline, or a boot without an id.
    """
    return dependency.count(b"\t") == 2 and b"\n" not in dependency and not dependency.endswith(b"\t")
