"""Fills the cache's folder: `python -I crowd.py HOST`, by the helper's own Python, where HOST has an entry already.

As the helper itself would have written them: entries of as many registries as it keeps, all of another region, so
that none of them can lend its token to HOST.
"""

import os
import sys

from credhelper.cache.prune import MAX_ENTRIES
from credhelper.cache.token_cache import TokenCache, for_host
from credhelper.settings.rules import Settings
from credhelper.system.context import Context

cache = TokenCache(Context(os.environ, Settings()))
entry = cache.read(sys.argv[1])
if entry is None:
    sys.exit(f"{sys.argv[1]} has no entry in {cache.directory}")
for number in range(MAX_ENTRIES):
    host = f"{number:012}.dkr.ecr.eu-west-1.amazonaws.com"
    failure = cache.store(host, for_host(entry, host))
    if failure:
        sys.exit(failure)
