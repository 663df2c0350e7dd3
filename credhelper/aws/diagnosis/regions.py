"""A region that there is not: its endpoint's name is in no DNS, and botocore has not heard of it either."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from botocore.loaders import Loader

from credhelper.errors import HelperError

if TYPE_CHECKING:
    from credhelper.ecr.target import Target


def diagnose(url: str, error: socket.gaierror, target: Target) -> HelperError | None:
    """Give the HelperError for a name that DNS has answered not to exist, if it is that of an unknown region."""
    region = target.registry.region
    known_regions = _list_regions()
    labels = str(urlsplit(url).hostname).split(".")
    if error.errno != socket.EAI_NONAME or region not in labels or region in known_regions:
        return None
    import difflib  # noqa: PLC0415  (3 ms that no other failure needs)

    matches = difflib.get_close_matches(region, known_regions, n=1)
    suggestion = f"did you mean {matches[0]}? " if matches else ""
    return HelperError(
        "unknown-region",
        f"{region}, the region of {target.host}, is none that is known, and {'.'.join(labels)} is no name of AWS",
        f"{suggestion}look at the name of the image\nif the region is a new one: pip install --upgrade botocore",
    )


def _list_regions() -> list[str]:
    """Give every region that botocore knows by name: by its own data, neither ~/.aws/models nor AWS_DATA_PATH."""
    loader = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    partitions = loader.load_data("partitions")["partitions"]
    return [region for partition in partitions for region in partition["regions"]]
