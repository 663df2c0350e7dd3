"""Loading the settings: which identity and endpoint are used for which registry.

A hit does not load them: the settings files are dependencies of an entry, so a change to one makes it a miss.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from credhelper import fingerprint, paths
from credhelper.settings import files
from credhelper.settings.rules import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings that apply in the environment `environ`.

    Raises HelperError, "path-relative" or an id that begins with "settings-", if they cannot be trusted or are invalid:
    they never apply in part, since the invalid part may be the one that selects the identity.
    """
    read_at = time.time()
    file_stamps = [fingerprint.observe(b"file", os.fsencode(path), environ) for path in paths.settings_files(environ)]
    file_contents = list(files.read(environ))
    if not file_contents:
        return Settings(file_stamps=file_stamps, read_at=read_at)
    # Imported lazily: TOML and the schema take 30 ms, and most machines have no settings.
    from credhelper.settings.merge import merge  # noqa: PLC0415
    from credhelper.settings.parse import parse  # noqa: PLC0415

    return merge(parse(path, data) for path, data in file_contents)._replace(file_stamps=file_stamps, read_at=read_at)
