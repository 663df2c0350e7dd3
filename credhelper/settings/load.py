"""Settings: for which registry whose identity is used, and which endpoint is asked.

Off the hit path: the settings files are dependencies of an entry, so that a change of them makes it a miss.
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
    """Give the settings that hold in the environment `environ`.

    Raises HelperError, whose id begins with "settings-", where they are not to be trusted or not to be understood:
    a part of them is never obeyed, for the rest may be what names the identity.
    """
    read_at = time.time()
    file_stamps = [fingerprint.observe(b"file", os.fsencode(path), environ) for path in paths.settings_files(environ)]
    file_contents = list(files.read(environ))
    if not file_contents:
        return Settings(file_stamps=file_stamps, read_at=read_at)
    # TOML and its schema cost 30 ms, and most machines have no settings.
    from credhelper.settings.merge import merge  # noqa: PLC0415
    from credhelper.settings.parse import parse  # noqa: PLC0415

    return merge(parse(path, data) for path, data in file_contents)._replace(file_stamps=file_stamps, read_at=read_at)
