"""A `get` that an entry answers.

Hot: the interpreter's start is the whole budget, so nothing here imports what the interpreter has not already, but
for our own few modules. tests/unit/test_startup.py holds the set.
"""

from credhelper import entry
from credhelper.errors import HelperError
from credhelper.host import host_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def get(server: bytes, environ: "Mapping[str, str]", now: entry.Moment) -> "entry.Held | None":
    """Give what answers the client that sent `server`; None for a miss, and for what is not well-formed: the long way
    tells why.
    """
    try:
        host = host_of(server)
    except HelperError:
        return None
    return entry.held(host, environ, now)
