"""The patterns of a rule's `match`: which are valid, and which hosts they match."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhelper.ecr.registry import Registry
from credhelper.ecr.target import Target, without_settings
from credhelper.settings.patterns import matches, names_of, problem_with, shadowed_by

ACCOUNT, OTHER = "123456789012", "210987654321"
EAST = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"
WEST = f"{ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com"
ALIAS = "images.example.com"
ALL_REGISTRIES = "*.amazonaws.com"


def make_names(host: str = EAST, account: str = ACCOUNT, region: str = "us-east-1") -> frozenset[str]:
    return names_of(Target(host, Registry(account, region)))


@pytest.mark.parametrize(
    "pattern",
    [
        *(ACCOUNT, EAST, ALIAS, "public.ecr.aws", "ecr-public.aws.com", ALL_REGISTRIES, f"{ACCOUNT}.*.amazonaws.com"),
        *("*.dkr.ecr.us-east-1.amazonaws.com", "*.dkr.ecr-fips.*.amazonaws.com", "*.on.aws", "*.amazonaws.com.cn"),
    ],
)
def test_a_host_an_account_an_alias_and_a_pattern_with_a_suffix_of_ecr_are_valid(pattern: str) -> None:
    assert problem_with(pattern, {ALIAS}) is None


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("*", "can match hosts outside Amazon ECR"),
        ("**", "can match hosts outside Amazon ECR"),
        ("*.*", "can match hosts outside Amazon ECR"),
        ("*.com", "can match hosts outside Amazon ECR"),
        ("*.example.com", "can match hosts outside Amazon ECR"),
        ("123456789012.dkr.ecr.us-east-1.*", "can match hosts outside Amazon ECR"),
        ("123456789012*", "can match hosts outside Amazon ECR"),
        ("*xamazonaws.com", "can match hosts outside Amazon ECR"),
        ("*.dkr.ecr.us-east-1.amazonaws.com.evil.example", "can match hosts outside Amazon ECR"),
        ("*.*.*.*.*.amazonaws.com", "wildcards"),
        ("", "is not a host"),
        ("123456789012 ", "is not a host"),
        ("https://public.ecr.aws", "is not a host"),
        ("[0-9]*.dkr.ecr.us-east-1.amazonaws.com", "is not a host"),
        ("?.amazonaws.com", "is not a host"),
        ("١٢٣٤٥٦٧٨٩٠١٢", "is not a host"),
        ("12345678901", "neither a registry"),
        ("other.example.com", "neither a registry"),
        (f"{ALIAS}:5000", "neither a registry"),
        ("123456789012.dkr.ecr.us-east-1.amazonaws.com.", "neither a registry"),
        ("index.docker.io", "neither a registry"),
    ],
)
def test_a_pattern_that_matches_everything_or_nothing_is_a_problem(pattern: str, reason: str) -> None:
    problem = problem_with(pattern, {ALIAS})
    assert problem is not None
    assert reason in problem.message


def test_an_account_matches_each_of_its_registries() -> None:
    assert matches(ACCOUNT, make_names(EAST))
    assert matches(ACCOUNT, make_names(WEST, region="us-west-2"))
    assert not matches(OTHER, make_names(EAST))


def test_a_host_matches_only_itself() -> None:
    assert matches(EAST, make_names(EAST))
    assert not matches(WEST, make_names(EAST))


def test_a_wildcard_matches_any_characters_including_dots() -> None:
    assert matches("*.dkr.ecr.us-east-1.amazonaws.com", make_names(EAST))
    assert matches(f"{ACCOUNT}.*.amazonaws.com", make_names(EAST))
    assert not matches("*.dkr.ecr.us-west-2.amazonaws.com", make_names(EAST))
    assert not matches("*.dkr.ecr.us-east-1.amazonaws.com.cn", make_names(EAST))


def test_a_dot_matches_only_a_dot() -> None:
    assert not matches("*.dkr.ecr.us.east.1.amazonaws.com", make_names(EAST))


@pytest.mark.parametrize("pattern", [ALIAS, EAST, ACCOUNT, "*.dkr.ecr.us-east-1.amazonaws.com"])
def test_an_alias_is_matched_by_its_name_and_by_its_registry(pattern: str) -> None:
    assert matches(pattern, make_names(ALIAS))


def test_another_alias_of_the_same_registry_is_not_matched() -> None:
    assert not matches("mirror.example.com", make_names(ALIAS))


def test_the_public_registry_belongs_to_no_account() -> None:
    public = names_of(without_settings(Registry("", "us-east-1")))
    assert list(public) == ["public.ecr.aws"]
    assert not matches(ALL_REGISTRIES, public)


@pytest.mark.parametrize(
    ("name", "earlier_pattern"),
    [
        (ACCOUNT, ACCOUNT),
        (EAST, EAST),
        (EAST, ACCOUNT),
        (EAST, ALL_REGISTRIES),
        (f"{ACCOUNT}.*.amazonaws.com", ACCOUNT),
        ("*.dkr.ecr.us-east-1.amazonaws.com", ALL_REGISTRIES),
        ("*.dkr.ecr.us-east-1.amazonaws.com", "*.ecr.*.amazonaws.com"),
        (ALIAS, ALIAS),
    ],
)
def test_a_pattern_that_covers_a_later_one_shadows_it(name: str, earlier_pattern: str) -> None:
    assert shadowed_by(name, {OTHER: "", earlier_pattern: ""}) == earlier_pattern


@pytest.mark.parametrize(
    ("name", "earlier_pattern"),
    [
        (OTHER, ACCOUNT),
        (ACCOUNT, EAST),
        (ACCOUNT, ALL_REGISTRIES),
        (WEST, EAST),
        (ALL_REGISTRIES, "*.dkr.ecr.us-east-1.amazonaws.com"),
        (f"{ACCOUNT}*.amazonaws.com", EAST),
        ("images.example.com", "images"),
    ],
)
def test_a_pattern_that_does_not_cover_a_later_one_does_not_shadow_it(name: str, earlier_pattern: str) -> None:
    assert shadowed_by(name, {earlier_pattern: ""}) == ""


HOSTS = st.sampled_from(
    [
        f"{account}.dkr.ecr.{region}.amazonaws.com"
        for account in (ACCOUNT, OTHER)
        for region in ("us-east-1", "eu-west-1")
    ]
)
PATTERNS = (
    st.lists(st.sampled_from([ACCOUNT, ".", "*", "dkr", "ecr", "us-east-1", "eu", "-1", "1"]), max_size=6).map(
        lambda parts: "".join(parts) + "*.amazonaws.com"
    )
    | st.sampled_from([ACCOUNT, OTHER])
    | HOSTS
)


@given(PATTERNS, PATTERNS, HOSTS)
def test_a_shadowed_pattern_matches_no_host_that_the_other_does_not(one: str, two: str, host: str) -> None:
    account, _, _, region, *_ = host.split(".")
    host_names = make_names(host, account, region)
    assert not shadowed_by(two, {one}) or not matches(two, host_names) or matches(one, host_names)
