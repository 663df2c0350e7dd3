"""Trials of registries whose tokens are all wanted at once, and for each of which a rule may name another identity."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.concurrency.cold import create_sandbox
from tests.concurrency.identities import OwnerCounts
from tests.concurrency.processes import account_host, is_stable, start_get, wait_for_all, wait_until
from tests.fake_ec2.services import Loopback

# Two accounts of one region, and a third one in two.
HOSTS = (account_host(1), account_host(2), account_host(3), account_host(3, "eu-west-1"))

_ROLE = {"role_arn": "arn:aws:iam::210987654321:role/pull", "session_name": "trial"}
_OTHER_ROLE = {**_ROLE, "role_arn": "arn:aws:iam::210987654321:role/push"}

# What a rule may say, and whose the token then is.
IDENTITY_RULES: Mapping[str, tuple[Mapping[str, str], str]] = {
    "no rule": ({}, "arn:aws:iam::123456789012:user/AKIAnobody"),
    "one": ({"profile": "one"}, "arn:aws:iam::123456789012:user/AKIAone"),
    "two": ({"profile": "two"}, "arn:aws:iam::123456789012:user/AKIAtwo"),
    "role": (_ROLE, "arn:aws:sts::210987654321:assumed-role/pull/trial"),
    "other role": (_OTHER_ROLE, "arn:aws:sts::210987654321:assumed-role/push/trial"),
    "role by one": ({**_ROLE, "source_profile": "one"}, "arn:aws:sts::210987654321:assumed-role/pull/trial"),
}


def get_under_rules(settings: Sequence[Sequence[str]], times: int = 3) -> OwnerCounts:
    """Get the token of each of HOSTS several `times`, all at once, under each of `settings`.

    Each settings file selects an identity for each host.
    """
    are_correct = []
    with create_sandbox() as sandbox:
        _write_profiles(Path(sandbox.home, ".aws"))
        environ = {**sandbox.environ, "AWS_ACCESS_KEY_ID": "AKIAnobody", "AWS_SECRET_ACCESS_KEY": "x"}
        for rule_names in settings:
            _write_rules(Path(sandbox.home, ".config/credhelper/config.toml"), rule_names)
            results = wait_for_all([start_get(host, environ) for host in HOSTS * times])
            owners = [_find_owner(sandbox.cloud, host, answer) for host, (_, answer) in zip(HOSTS * times, results)]
            are_correct += [
                owner == IDENTITY_RULES[rule_name][1] for owner, rule_name in zip(owners, [*rule_names] * times)
            ]
        return OwnerCounts(len(are_correct), sum(are_correct), sandbox.call_count)


def _write_profiles(directory: Path) -> None:
    directory.mkdir()
    keys = "[{0}]\naws_access_key_id = AKIA{0}\naws_secret_access_key = x\n"
    (directory / "credentials").write_text(keys.format("one") + keys.format("two"))


def _write_rules(path: Path, rule_names: Sequence[str]) -> None:
    """Write the settings, and wait until an entry that depends on them would be kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rules = [{"match": host, **IDENTITY_RULES[rule_name][0]} for host, rule_name in zip(HOSTS, rule_names)]
    lines = [["[[rule]]", *(f"{name} = {json.dumps(value)}" for name, value in rule.items())] for rule in rules]
    path.write_text("\n".join(line for rule in lines for line in rule))
    wait_until(lambda: is_stable(path))


def _find_owner(cloud: Loopback, host: str, answer: bytes) -> str:
    token = cloud.tokens.find(str(json.loads(answer)["Secret"]), "ecr", host.split(".")[3])
    return "" if token is None else token.principal
