"""The table of partitions: a new partition is one row."""

from __future__ import annotations

import botocore.session
import pytest
from botocore.exceptions import ProxyConnectionError

from credhelper.aws.diagnosis import proxies
from credhelper.ecr import partitions
from credhelper.ecr.partitions import Partition, partition_of
from credhelper.ecr.registry import Registry, parse
from credhelper.ecr.target import without_settings
from credhelper.settings.patterns import problem_with

MOON = Partition(
    "aws-moon", "moon-", "amazonaws.moon", "on.moon", frozenset(("moon-sea-1",)), frozenset(("moon-sea-1",))
)
REGISTRY = Registry("123456789012", "moon-sea-1")


@pytest.fixture
def _moon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "PARTITIONS", (MOON, *partitions.PARTITIONS))


pytestmark = pytest.mark.usefixtures("_moon")


@pytest.mark.parametrize(
    ("host", "registry"),
    [
        ("123456789012.dkr.ecr.moon-sea-1.amazonaws.moon", REGISTRY),
        ("123456789012.dkr-ecr.moon-sea-1.on.moon", REGISTRY._replace(dualstack=True)),
        ("123456789012.dkr.ecr-fips.moon-sea-1.amazonaws.moon", REGISTRY._replace(fips=True)),
    ],
)
def test_a_host_of_a_new_partition_is_parsed_by_its_row(host: str, registry: Registry) -> None:
    assert parse(host) == registry
    assert registry.host == host
    assert registry.partition == "aws-moon"


def test_a_host_of_another_partition_is_foreign_in_a_region_of_the_new_one() -> None:
    assert parse("123456789012.dkr.ecr.moon-sea-1.amazonaws.com") is None


def test_a_pattern_may_end_in_the_suffix_of_a_new_partition() -> None:
    assert problem_with("*.amazonaws.moon", ()) is None


def test_the_row_has_the_regions_with_a_fips_endpoint() -> None:
    assert REGISTRY.has_fips_endpoint
    assert not REGISTRY._replace(region="moon-hill-1").has_fips_endpoint


def test_the_row_has_the_regions_that_every_account_can_use() -> None:
    assert not partition_of("moon-sea-1").is_opt_in("moon-sea-1")
    assert partition_of("moon-hill-1").is_opt_in("moon-hill-1")


def test_no_region_needs_an_opt_in_if_the_row_lists_no_regions() -> None:
    assert not partition_of("cn-north-1").is_opt_in("cn-north-1")


def test_the_fix_bypasses_the_proxy_for_the_suffix_of_the_partition() -> None:
    error = proxies.diagnose(ProxyConnectionError(proxy_url="http://127.0.0.1:9"), without_settings(REGISTRY))
    assert error is not None
    assert error.fix.endswith("NO_PROXY=.amazonaws.moon")


@pytest.mark.parametrize("row", partitions.PARTITIONS, ids=lambda row: row.name)
def test_botocore_agrees_with_each_row(row: Partition) -> None:
    session = botocore.session.Session()
    regions = session.get_available_regions("ecr", row.name)
    assert all(partition_of(region) == row for region in regions)
