"""Trials of registries whose tokens are all wanted at once, and for each of which a rule may name another identity."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.instance.services import Loopback
from tests.together.cold import place
from tests.together.crowd import account, ended, is_settled, started, until
from tests.together.identities import Owners

# Two accounts of one region, and a third one in two.
HOSTS = (account(1), account(2), account(3), account(3, "eu-west-1"))

_ROLE = {"role_arn": "arn:aws:iam::210987654321:role/pull", "session_name": "trial"}
_OTHER = {**_ROLE, "role_arn": "arn:aws:iam::210987654321:role/push"}

# What a rule may say, and whose the token then is.
ASKERS: Mapping[str, tuple[Mapping[str, str], str]] = {
    "no rule": ({}, "arn:aws:iam::123456789012:user/AKIAnobody"),
    "one": ({"profile": "one"}, "arn:aws:iam::123456789012:user/AKIAone"),
    "two": ({"profile": "two"}, "arn:aws:iam::123456789012:user/AKIAtwo"),
    "role": (_ROLE, "arn:aws:sts::210987654321:assumed-role/pull/trial"),
    "other role": (_OTHER, "arn:aws:sts::210987654321:assumed-role/push/trial"),
    "role by one": ({**_ROLE, "source_profile": "one"}, "arn:aws:sts::210987654321:assumed-role/pull/trial"),
}


def gets(settings: Sequence[Sequence[str]], times: int = 3) -> Owners:
    """Get the token of each of HOSTS so many `times`, all at once, under each of `settings`, which name an asker for
    each host.
    """
    right = []
    with place() as here:
        _write_profiles(Path(here.home, ".aws"))
        environ = {**here.environ, "AWS_ACCESS_KEY_ID": "AKIAnobody", "AWS_SECRET_ACCESS_KEY": "x"}
        for askers in settings:
            _write_rules(Path(here.home, ".config/credhelper/config.toml"), askers)
            done = ended([started(host, environ) for host in HOSTS * times])
            owners = [_owner(here.cloud, host, answer) for host, (_, answer) in zip(HOSTS * times, done)]
            right += [owner == ASKERS[asker][1] for owner, asker in zip(owners, [*askers] * times)]
        return Owners(len(right), sum(right), here.calls)


def _write_profiles(folder: Path) -> None:
    folder.mkdir()
    keys = "[{0}]\naws_access_key_id = AKIA{0}\naws_secret_access_key = x\n"
    (folder / "credentials").write_text(keys.format("one") + keys.format("two"))


def _write_rules(path: Path, askers: Sequence[str]) -> None:
    """Write the settings, and wait until an entry that depends on them would be kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rules = [{"match": host, **ASKERS[asker][0]} for host, asker in zip(HOSTS, askers)]
    lines = [["[[rule]]", *(f"{name} = {json.dumps(value)}" for name, value in rule.items())] for rule in rules]
    path.write_text("\n".join(line for rule in lines for line in rule))
    until(lambda: is_settled(path))


def _owner(cloud: Loopback, host: str, answer: bytes) -> str:
    token = cloud.tokens.find(str(json.loads(answer)["Secret"]), "ecr", host.split(".")[3])
    return "" if token is None else token.principal
