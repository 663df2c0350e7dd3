"""The settings of all files together: which rule applies to which host, and what is a contradiction."""

from __future__ import annotations

import pytest

from credhelper.ecr.target import TokenOptions
from credhelper.errors import HelperError
from credhelper.settings.merge import merge
from credhelper.settings.parse import parse
from credhelper.settings.rules import Settings

ACCOUNT, OTHER = "123456789012", "210987654321"
EAST = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"
WEST = f"{ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com"
ALIAS = "images.example.com"
USER_PATH, MACHINE_PATH = "/home/somebody/.config/credhelper/config.toml", "/etc/credhelper/config.toml"
ROLE = "arn:aws:iam::123456789012:role/pull"


def load_settings(user_text: str, machine_text: str = "") -> Settings:
    return merge([parse(USER_PATH, user_text.encode()), parse(MACHINE_PATH, machine_text.encode())])


def make_rule(match: str, profile: str, *lines: str) -> str:
    return "\n".join(["[[rule]]", f"match = {match!r}", f"profile = {profile!r}", *lines, ""])


def make_alias(name: str = ALIAS, target: str = EAST) -> str:
    return f"[aliases]\n{name!r} = {target!r}\n"


def get_options(settings: Settings, host: str) -> TokenOptions:
    target = settings.find_target(host)
    assert target is not None
    return target.options


def get_profile(settings: Settings, host: str = EAST) -> str:
    return get_options(settings, host).profile


def get_error(user_text: str, machine_text: str = "") -> HelperError:
    with pytest.raises(HelperError) as excinfo:
        load_settings(user_text, machine_text)
    return excinfo.value


def test_without_a_rule_the_environment_decides() -> None:
    assert get_options(load_settings(make_rule(OTHER, "one")), EAST) == TokenOptions()
    assert get_options(Settings(), EAST) == TokenOptions()


def test_a_host_that_is_neither_in_ecr_nor_an_alias_is_foreign() -> None:
    settings = load_settings(make_rule("*.amazonaws.com", "one") + make_alias())
    hosts = ["example.com", "index.docker.io", f"{EAST}.example.com", f"x.{ALIAS}", f"{ALIAS}:5000", f"{ALIAS}."]
    assert [settings.find_target(host) for host in hosts] == [None] * len(hosts)


def test_the_first_rule_that_matches_applies() -> None:
    settings = load_settings(make_rule(EAST, "one") + make_rule(ACCOUNT, "two") + make_rule("*.amazonaws.com", "three"))
    other = f"{OTHER}.dkr.ecr.us-east-1.amazonaws.com"
    assert [get_profile(settings, host) for host in (EAST, WEST, other)] == ["one", "two", "three"]


def test_a_rule_with_several_patterns_applies_to_each() -> None:
    settings = load_settings(f"[[rule]]\nmatch = ['{OTHER}', '{WEST}']\nprofile = 'one'\n")
    assert [get_profile(settings, host) for host in (EAST, WEST, f"{OTHER}.dkr-ecr.us-east-1.on.aws")] == [
        "",
        "one",
        "one",
    ]


def test_a_rule_may_be_written_in_any_case() -> None:
    assert get_profile(load_settings(make_rule(EAST.upper(), "one"))) == "one"


def test_an_option_that_the_first_rule_does_not_set_is_not_taken_from_another_rule() -> None:
    settings = load_settings(make_rule(EAST, "one") + make_rule(ACCOUNT, "two", "timeout = 5"))
    assert get_options(settings, EAST).timeout == 0


def test_the_file_and_line_of_each_value_are_recorded() -> None:
    settings = load_settings(make_rule(EAST, "one", "", "timeout = 5"))
    assert get_options(settings, EAST).sources == {"profile": f"{USER_PATH}, line 3", "timeout": f"{USER_PATH}, line 5"}


def test_an_alias_has_its_registry_and_its_own_name() -> None:
    target = load_settings(make_alias()).find_target(ALIAS)
    assert target is not None
    assert (target.host, target.registry.host) == (ALIAS, EAST)


@pytest.mark.parametrize("match", [ALIAS, ALIAS.upper(), EAST, ACCOUNT, "*.dkr.ecr.us-east-1.amazonaws.com"])
def test_a_rule_for_an_alias_names_it_or_its_registry(match: str) -> None:
    assert get_profile(load_settings(make_rule(match, "one") + make_alias()), ALIAS) == "one"


def test_a_rule_that_names_an_alias_does_not_apply_to_its_registry() -> None:
    assert get_profile(load_settings(make_rule(ALIAS, "one") + make_alias())) == ""


def test_two_aliases_of_one_registry_can_have_two_identities() -> None:
    other = "mirror.example.com"
    settings = load_settings(
        make_rule(ALIAS, "one") + make_rule(other, "two") + make_alias() + f"'{other}' = '{EAST}'\n"
    )
    assert [get_profile(settings, host) for host in (ALIAS, other, EAST)] == ["one", "two", ""]
    scopes = {target.scope for target in map(settings.find_target, (ALIAS, other, EAST)) if target}
    assert len(scopes) == 3


def test_a_rule_of_the_user_applies_before_those_of_the_machine() -> None:
    assert get_profile(load_settings(make_rule("*.amazonaws.com", "users"), make_rule(EAST, "machines"))) == "users"


def test_a_rule_of_the_user_for_the_same_account_overrides_that_of_the_machine() -> None:
    assert get_profile(load_settings(make_rule(ACCOUNT, "users"), make_rule(ACCOUNT, "machines"))) == "users"


def test_the_rules_of_the_machine_apply_where_the_user_has_none() -> None:
    settings = load_settings(make_rule(EAST, "users"), make_rule(ACCOUNT, "machines"))
    assert [get_profile(settings, host) for host in (EAST, WEST)] == ["users", "machines"]


def test_an_alias_of_the_user_overrides_that_of_the_machine() -> None:
    target = load_settings(make_alias(), make_alias(target=WEST)).find_target(ALIAS)
    assert target is not None
    assert target.registry.host == EAST


def test_a_rule_of_the_user_can_name_an_alias_of_the_machine() -> None:
    assert get_profile(load_settings(make_rule(ALIAS, "users"), make_alias()), ALIAS) == "users"


def test_an_alias_of_the_user_does_not_make_the_rules_of_the_machine_contradictory() -> None:
    machine_text = make_rule(OTHER, "one") + make_rule(ALIAS, "two") + make_alias()
    user_text = make_alias(target=f"{OTHER}.dkr.ecr.us-east-1.amazonaws.com")
    assert get_profile(load_settings(user_text, machine_text), ALIAS) == "one"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (ACCOUNT, ACCOUNT),
        (EAST, EAST),
        (EAST, EAST.upper()),
        (ACCOUNT, EAST),
        (ACCOUNT, ALIAS),
        (EAST, ALIAS),
        ("*.amazonaws.com", EAST),
        ("*.amazonaws.com", ALIAS),
        ("*.amazonaws.com", "*.dkr.ecr.us-east-1.amazonaws.com"),
        (ALIAS, ALIAS),
    ],
)
def test_a_rule_that_is_never_reached_in_its_own_file_is_a_contradiction(first: str, second: str) -> None:
    error = get_error(make_alias() + make_rule(first, "one") + make_rule(second, "two"))
    assert error.id == "settings-contradictory"
    assert error.why.startswith(f"{USER_PATH}, line 7: ")
    assert f"({USER_PATH}, line 3)" in error.why
    assert "is unreachable" in str(error)
    assert "put the more specific rule first" in error.fix


@pytest.mark.parametrize(
    ("match", "reason"),
    [
        ("*", "can match hosts outside Amazon ECR"),
        ("*.example.com", "can match hosts outside Amazon ECR"),
        ("other.example.com", "neither a registry in Amazon ECR nor an alias"),
        (f"x.{ALIAS}", "neither a registry in Amazon ECR nor an alias"),
        ("", "is not a host"),
    ],
)
def test_a_pattern_that_matches_everything_or_nothing_is_refused_with_its_line(match: str, reason: str) -> None:
    error = get_error(make_alias() + f"[[rule]]\nprofile = 'one'\nmatch = ['{EAST}', {match!r}]\n")
    assert error.id == "settings-bad-value"
    assert error.why == f"{USER_PATH}, line 5"
    assert f"{match!r} " in error.message
    assert reason in error.message


@pytest.mark.parametrize(
    ("key", "lines"),
    [
        ("profile", ["profile = 'one'", f"role_arn = '{ROLE}'"]),
        ("external_id", ["external_id = 'xx'"]),
        ("session_name", ["session_name = 'me'", "profile = 'one'"]),
        ("source_profile", ["source_profile = 'base'"]),
        ("duration", ["duration = 900", "profile = 'one'"]),
        ("fips", ["fips = true", "endpoint_url = 'https://api.ecr.example'"]),
        ("dualstack", ["dualstack = true", "endpoint_url = 'https://api.ecr.example'"]),
    ],
)
def test_a_contradiction_in_a_rule_is_refused_with_its_line(key: str, lines: list[str]) -> None:
    error = get_error("\n".join(["[[rule]]", f"match = '{EAST}'", *lines]))
    assert error.id == "settings-contradictory"
    assert error.why.startswith(f"{USER_PATH}, line 3; ")
    assert f": {key} " in error.message


@pytest.mark.parametrize(
    "lines",
    [
        [f"role_arn = '{ROLE}'"],
        [f"role_arn = '{ROLE}'", "external_id = 'xx'", "session_name = 'me'", "source_profile = 'a'", "duration = 900"],
        ["profile = 'one'", "region = 'eu-west-1'"],
        ["fips = false", "dualstack = false", "endpoint_url = 'https://api.ecr.example'"],
        ["fips = true", "dualstack = true"],
        ["proxy = ''", "ca_bundle = '/etc/ca.pem'", "timeout = 5"],
    ],
)
def test_compatible_options_are_accepted(lines: list[str]) -> None:
    settings = load_settings("\n".join(["[[rule]]", f"match = '{EAST}'", *lines]))
    assert list(get_options(settings, EAST).sources) == [line.split(" ")[0] for line in lines]


def test_timeouts_and_sources_are_not_part_of_the_scope() -> None:
    settings = load_settings(make_rule(EAST, "one", "timeout = 5"), make_rule(OTHER, "one"))
    scopes = {target.scope for target in map(settings.find_target, (EAST, EAST.replace(ACCOUNT, OTHER))) if target}
    assert len(scopes) == 1


@pytest.mark.parametrize(
    "line",
    [
        *("profile = 'two'", f"role_arn = '{ROLE}'", "region = 'eu-west-1'", "fips = true", "dualstack = true"),
        *("endpoint_url = 'https://api.ecr.example'", "proxy = ''", "ca_bundle = '/etc/ca.pem'"),
    ],
)
def test_each_setting_that_selects_an_identity_or_an_endpoint_changes_the_scope(line: str) -> None:
    settings = load_settings(f"[[rule]]\nmatch = '{EAST}'\n{line}\n")
    scopes = {target.scope for target in map(settings.find_target, (EAST, EAST.replace(ACCOUNT, OTHER))) if target}
    assert len(scopes) == 2


def test_a_repr_shows_no_secret() -> None:
    settings = load_settings(make_rule(EAST, "one", "proxy = 'http://somebody:a-secret@proxy'"))
    assert "a-secret" not in repr(settings)


@pytest.mark.parametrize(
    "setting",
    [
        'external_id = "hidden"',
        'proxy = "http://user:hidden@proxy:3128"',
    ],
)
def test_a_setting_that_may_be_a_secret_is_not_in_the_name_of_a_file(setting: str) -> None:
    target = load_settings(f"[[rule]]\nmatch = '{ACCOUNT}'\nrole_arn = '{ROLE}'\n{setting}\n").find_target(EAST)
    assert target is not None
    assert "hidden" in ascii(target.scope)
    assert "hidden" not in ascii(target.public_scope)
    assert "hidden" in ascii(target.options.secret_values)


def test_a_proxy_without_a_password_is_in_the_name_of_a_file_and_is_not_a_secret() -> None:
    target = load_settings(f"[[rule]]\nmatch = '{ACCOUNT}'\nproxy = 'http://proxy:3128'\n").find_target(EAST)
    assert target is not None
    assert target.public_scope == target.scope
    assert target.options.secret_values == ()
