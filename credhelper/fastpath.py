"""A `get` that an entry answers.

Hot: the interpreter's start is the whole budget, so nothing here imports what the interpreter has not already, but
for our own few modules. tests/unit/test_startup.py holds the set.
"""

from credhelper import entry
from credhelper.errors import HelperError
from credhelper.host import canonical_host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def get(server: bytes, environ: "Mapping[str, str]", now: entry.Instant) -> "entry.CacheEntry | None":
    """Give what answers the client that sent `server`; None for a miss, and for what is not well-formed: the long way
    tells why.
    """
    try:
        host = canonical_host(server)
    except HelperError:
        return None
    return entry.lookup(host, environ, now)
