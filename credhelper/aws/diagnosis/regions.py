"""Unknown regions: the endpoint does not resolve, and botocore does not know the region."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from botocore.loaders import Loader

from credhelper.error_catalog.network import UNKNOWN_REGION, UNKNOWN_REGION_UNLIKE_ANY

if TYPE_CHECKING:
    from credhelper.errors import HelperError


def diagnose(url: str, error: socket.gaierror, region: str) -> HelperError | None:
    """Return the HelperError if the host of `url` does not exist in DNS and contains `region`, which is unknown."""
    known_regions = _list_regions()
    labels = str(urlsplit(url).hostname).split(".")
    if error.errno != socket.EAI_NONAME or region not in labels or region in known_regions:
        return None
    import difflib  # noqa: PLC0415  (3 ms that no other failure needs)

    matches = difflib.get_close_matches(region, known_regions, n=1)
    kind = UNKNOWN_REGION if matches else UNKNOWN_REGION_UNLIKE_ANY
    return kind.error(region=region, name=".".join(labels), suggestion="".join(matches))


def _list_regions() -> list[str]:
    """Return all regions that botocore knows by name, from its own data, not from ~/.aws/models or AWS_DATA_PATH."""
    loader = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    partitions = loader.load_data("partitions")["partitions"]
    return [region for partition in partitions for region in partition["regions"]]
