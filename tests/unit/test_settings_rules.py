"""The settings of all files together: which rule holds for whom, and what contradicts itself."""

from __future__ import annotations

import pytest

from credhelper.errors import HelperError
from credhelper.settings.combine import merge
from credhelper.settings.document import parse
from credhelper.settings.rules import Settings
from credhelper.target import TokenOptions

ACCOUNT, OTHER = "123456789012", "210987654321"
EAST = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"
WEST = f"{ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com"
ALIAS = "images.example.com"
USERS, MACHINES = "/home/somebody/.config/credhelper/config.toml", "/etc/credhelper/config.toml"
ROLE = "arn:aws:iam::123456789012:role/pull"


def settings(users: str, machines: str = "") -> Settings:
    return merge([parse(USERS, users.encode()), parse(MACHINES, machines.encode())])


def rule(match: str, profile: str, *more: str) -> str:
    return "\n".join(["[[rule]]", f"match = {match!r}", f"profile = {profile!r}", *more, ""])


def alias(name: str = ALIAS, behind: str = EAST) -> str:
    return f"[aliases]\n{name!r} = {behind!r}\n"


def access(read: Settings, host: str) -> TokenOptions:
    target = read.find_target(host)
    assert target is not None
    return target.options


def profile(read: Settings, host: str = EAST) -> str:
    return access(read, host).profile


def refused(users: str, machines: str = "") -> HelperError:
    with pytest.raises(HelperError) as caught:
        settings(users, machines)
    return caught.value


def test_without_a_rule_the_environment_decides() -> None:
    assert access(settings(rule(OTHER, "one")), EAST) == TokenOptions()
    assert access(Settings(), EAST) == TokenOptions()


def test_a_host_that_is_neither_ecr_s_nor_an_alias_is_foreign() -> None:
    read = settings(rule("*.amazonaws.com", "one") + alias())
    foreign = ["example.com", "index.docker.io", f"{EAST}.example.com", f"x.{ALIAS}", f"{ALIAS}:5000", f"{ALIAS}."]
    assert [read.find_target(host) for host in foreign] == [None] * len(foreign)


def test_the_first_rule_that_matches_holds() -> None:
    read = settings(rule(EAST, "one") + rule(ACCOUNT, "two") + rule("*.amazonaws.com", "three"))
    other = f"{OTHER}.dkr.ecr.us-east-1.amazonaws.com"
    assert [profile(read, host) for host in (EAST, WEST, other)] == ["one", "two", "three"]


def test_a_rule_of_several_patterns_holds_for_each() -> None:
    read = settings(f"[[rule]]\nmatch = ['{OTHER}', '{WEST}']\nprofile = 'one'\n")
    assert [profile(read, host) for host in (EAST, WEST, f"{OTHER}.dkr-ecr.us-east-1.on.aws")] == ["", "one", "one"]


def test_a_rule_is_written_in_letters_of_any_case() -> None:
    assert profile(settings(rule(EAST.upper(), "one"))) == "one"


def test_what_the_first_rule_leaves_open_no_other_rule_fills_in() -> None:
    read = settings(rule(EAST, "one") + rule(ACCOUNT, "two", "timeout = 5"))
    assert access(read, EAST).timeout == 0


def test_each_value_tells_its_line() -> None:
    read = settings(rule(EAST, "one", "", "timeout = 5"))
    assert access(read, EAST).sources == {"profile": f"{USERS}, line 3", "timeout": f"{USERS}, line 5"}


def test_an_alias_has_the_registry_behind_it_and_its_own_name() -> None:
    target = settings(alias()).find_target(ALIAS)
    assert target is not None
    assert (target.host, target.registry.host) == (ALIAS, EAST)


@pytest.mark.parametrize("match", [ALIAS, ALIAS.upper(), EAST, ACCOUNT, "*.dkr.ecr.us-east-1.amazonaws.com"])
def test_a_rule_for_an_alias_names_it_or_the_registry_behind_it(match: str) -> None:
    assert profile(settings(rule(match, "one") + alias()), ALIAS) == "one"


def test_a_rule_that_names_an_alias_does_not_hold_for_the_registry_behind_it() -> None:
    assert profile(settings(rule(ALIAS, "one") + alias())) == ""


def test_two_aliases_of_one_registry_can_have_two_identities() -> None:
    other = "mirror.example.com"
    read = settings(rule(ALIAS, "one") + rule(other, "two") + alias() + f"'{other}' = '{EAST}'\n")
    assert [profile(read, host) for host in (ALIAS, other, EAST)] == ["one", "two", ""]
    scopes = {target.scope for target in map(read.find_target, (ALIAS, other, EAST)) if target}
    assert len(scopes) == 3


def test_the_user_s_rule_holds_before_the_machine_s() -> None:
    assert profile(settings(rule("*.amazonaws.com", "users"), rule(EAST, "machines"))) == "users"


def test_the_user_s_rule_for_an_account_that_the_machine_s_names_too_overrides_it() -> None:
    assert profile(settings(rule(ACCOUNT, "users"), rule(ACCOUNT, "machines"))) == "users"


def test_the_machine_s_rules_hold_where_the_user_has_none() -> None:
    read = settings(rule(EAST, "users"), rule(ACCOUNT, "machines"))
    assert [profile(read, host) for host in (EAST, WEST)] == ["users", "machines"]


def test_the_user_s_alias_goes_before_the_machine_s_of_that_name() -> None:
    target = settings(alias(), alias(behind=WEST)).find_target(ALIAS)
    assert target is not None
    assert target.registry.host == EAST


def test_the_user_s_rule_can_name_an_alias_of_the_machine_s() -> None:
    assert profile(settings(rule(ALIAS, "users"), alias()), ALIAS) == "users"


def test_the_user_s_alias_makes_no_contradiction_of_the_machine_s_rules() -> None:
    machines = rule(OTHER, "one") + rule(ALIAS, "two") + alias()
    users = alias(behind=f"{OTHER}.dkr.ecr.us-east-1.amazonaws.com")
    assert profile(settings(users, machines), ALIAS) == "one"


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
    error = refused(alias() + rule(first, "one") + rule(second, "two"))
    assert error.id == "settings-contradictory"
    assert error.message.startswith(f"{USERS}, line 7: ")
    assert f"({USERS}, line 3)" in error.message
    assert "never reached" in error.message
    assert "narrower one first" in error.fix


@pytest.mark.parametrize(
    ("match", "why"),
    [
        ("*", "can match what is not ECR's"),
        ("*.example.com", "can match what is not ECR's"),
        ("other.example.com", "neither a registry of ECR nor one of the aliases"),
        (f"x.{ALIAS}", "neither a registry of ECR nor one of the aliases"),
        ("", "is no host"),
    ],
)
def test_a_match_that_names_everybody_or_nobody_is_refused_with_its_line(match: str, why: str) -> None:
    error = refused(alias() + f"[[rule]]\nprofile = 'one'\nmatch = ['{EAST}', {match!r}]\n")
    assert error.id == "settings-bad-value"
    assert error.message.startswith(f"{USERS}, line 5: {match!r} ")
    assert why in error.message


@pytest.mark.parametrize(
    ("key", "with_"),
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
def test_what_contradicts_itself_in_a_rule_is_refused_with_its_line(key: str, with_: list[str]) -> None:
    error = refused("\n".join(["[[rule]]", f"match = '{EAST}'", *with_]))
    assert error.id == "settings-contradictory"
    assert error.message.startswith(f"{USERS}, line 3: {key} ")


@pytest.mark.parametrize(
    "said",
    [
        [f"role_arn = '{ROLE}'"],
        [f"role_arn = '{ROLE}'", "external_id = 'xx'", "session_name = 'me'", "source_profile = 'a'", "duration = 900"],
        ["profile = 'one'", "region = 'eu-west-1'"],
        ["fips = false", "dualstack = false", "endpoint_url = 'https://api.ecr.example'"],
        ["fips = true", "dualstack = true"],
        ["proxy = ''", "ca_bundle = '/etc/ca.pem'", "timeout = 5"],
    ],
)
def test_what_goes_together_is_taken(said: list[str]) -> None:
    read = settings("\n".join(["[[rule]]", f"match = '{EAST}'", *said]))
    assert list(access(read, EAST).sources) == [line.split(" ")[0] for line in said]


def test_who_asks_and_whom_is_the_scope_and_how_long_and_where_it_was_said_is_not() -> None:
    read = settings(rule(EAST, "one", "timeout = 5"), rule(OTHER, "one"))
    scopes = {target.scope for target in map(read.find_target, (EAST, EAST.replace(ACCOUNT, OTHER))) if target}
    assert len(scopes) == 1


@pytest.mark.parametrize(
    "said",
    [
        *("profile = 'two'", f"role_arn = '{ROLE}'", "region = 'eu-west-1'", "fips = true", "dualstack = true"),
        *("endpoint_url = 'https://api.ecr.example'", "proxy = ''", "ca_bundle = '/etc/ca.pem'"),
    ],
)
def test_each_setting_that_selects_makes_another_scope(said: str) -> None:
    read = settings(f"[[rule]]\nmatch = '{EAST}'\n{said}\n")
    scopes = {target.scope for target in map(read.find_target, (EAST, EAST.replace(ACCOUNT, OTHER))) if target}
    assert len(scopes) == 2


def test_a_repr_shows_no_secret() -> None:
    read = settings(rule(EAST, "one", "proxy = 'http://somebody:a-secret@proxy'"))
    assert "a-secret" not in repr(read)


@pytest.mark.parametrize(
    "said",
    [
        'external_id = "hidden"',
        'proxy = "http://user:hidden@proxy:3128"',
    ],
)
def test_what_may_be_secret_in_a_setting_is_not_in_the_name_of_a_file(said: str) -> None:
    target = settings(f"[[rule]]\nmatch = '{ACCOUNT}'\nrole_arn = '{ROLE}'\n{said}\n").find_target(EAST)
    assert target is not None
    assert "hidden" in ascii(target.scope)
    assert "hidden" not in ascii(target.public_scope)
    assert "hidden" in ascii(target.options.secrets)


def test_a_proxy_without_a_password_is_in_the_name_of_a_file_and_no_secret() -> None:
    target = settings(f"[[rule]]\nmatch = '{ACCOUNT}'\nproxy = 'http://proxy:3128'\n").find_target(EAST)
    assert target is not None
    assert target.public_scope == target.scope
    assert target.options.secrets == ()
