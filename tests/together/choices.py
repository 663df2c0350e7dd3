"""All that can be chosen of whom a machine answers for, and a machine on which it lies ready.

Some of it is chosen by a variable. The rest is written each time, and the environment does not show it: the files of
a home, the settings among them, and the token of a service account, which has the same place in every pod.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Optional

from tests.instance.services.web_identities import minted
from tests.together.cold import Place
from tests.together.crowd import HOST, is_settled, until

Choice = Mapping[str, Optional[str]]

# What hides the other choices is chosen seldom.
CHOICES: Mapping[str, tuple[str | None, ...]] = {
    "home": ("alpha", "beta"),
    "profile": (None, None, "one", "one", "two"),
    "keys": (*(None,) * 6, "AKIAFIRST", "AKIAOTHER"),
    "credentials": (None, None, "a", "b"),
    "shared": (None, None, "c", "d"),
    "config": (None, "roles", "chain", "sources", "program", "sign-in", "federated"),
    "signed in": (None, "ann", "bob"),
    "web": (*(None,) * 6, "build", "deploy"),
    "boto": (*(None,) * 3, "e", "f"),
    "container": (None, "pod", "pod", "task-a", "task-b"),
    "service account": ("reader", "writer"),
    "rule": (*(None,) * 4, "profile", "role", "role of profile"),
}

RULES: Mapping[str, Mapping[str, str]] = {
    "profile": {"profile": "two"},
    "role": {"role_arn": "arn:aws:iam::210987654321:role/of-rule", "session_name": "trial"},
    "role of profile": {
        "role_arn": "arn:aws:iam::210987654321:role/of-source",
        "session_name": "trial",
        "source_profile": "one",
    },
}

_ROLE = "role_arn = arn:aws:iam::210987654321:role/{name}\nrole_session_name = trial\n"
_SIGN_IN = "sso_session = corporation\nsso_account_id = 210987654321\nsso_role_name = {name}\n"
_PROGRAM = "credential_process = {folder}/give-keys {name}\n"
_KEYS = "aws_access_key_id = AKIA{name}\naws_secret_access_key = x\n"

# What AWS's configuration file may say: its sections, and for what each is the role, the key or the program's argument.
_CONFIGS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "roles": {"profile one": (_ROLE + "source_profile = two", "of-one")},
    "chain": {
        "profile one": (_ROLE + "source_profile = two", "second"),
        "profile two": (_ROLE + "source_profile = default", "first"),
    },
    "sources": {
        "default": (_ROLE + "credential_source = Ec2InstanceMetadata", "of-instance"),
        "profile one": (_ROLE + "credential_source = EcsContainer", "of-container"),
        "profile two": (_ROLE + "credential_source = Environment", "of-environment"),
    },
    "program": {"profile one": (_PROGRAM, "ONE"), "profile two": (_PROGRAM, "TWO")},
    "sign-in": {
        "profile one": (_SIGN_IN, "Reader"),
        "profile two": (_SIGN_IN, "Writer"),
        "sso-session corporation": ("sso_region = us-east-1\nsso_start_url = https://{name}.awsapps.com/start", "corp"),
    },
    "federated": {
        "profile one": (_ROLE + "web_identity_token_file = {folder}/web-identity", "of-one"),
        "profile two": (_ROLE + "web_identity_token_file = {folder}/web-identity", "of-two"),
    },
}

_SSO_CACHE = f".aws/sso/cache/{hashlib.sha1(b'corporation').hexdigest()}.json"  # noqa: S324  (botocore's file name)
_GIVE_KEYS = """#!/bin/sh
echo '{"Version": 1, "AccessKeyId": "AKIAPROGRAM'$1'", "SecretAccessKey": "x"}'
"""
_LATER = time.time() + 12 * 3600  # when what somebody signed in with, or a token, is over


class Machine:
    """Two homes, one cache, and what is written into them."""

    def __init__(self, here: Place) -> None:
        self._folder = Path(here.home)
        self._environ = {**here.environ, "AWS_ECR_CACHE_DIR": f"{here.home}/cache"}
        self._containers = here.cloud.endpoint
        here.cloud.tell(
            tasks={f"/v2/credentials/{task}": task for task in ("task-a", "task-b")},
            pods={account: f"pod-{account}" for account in ("reader", "writer")},
            sign_ins={person: person for person in ("ann", "bob")},
        )
        for name in ("c", "d"):
            (self._folder / name).write_text(_credentials(name))
        for name, sections in _CONFIGS.items():
            (self._folder / name).write_text(_config(sections, self._folder))
        (self._folder / "web-identity").write_text(minted("builder", _LATER))
        (self._folder / "give-keys").write_text(_GIVE_KEYS)
        (self._folder / "give-keys").chmod(0o700)
        until(lambda: is_settled(self._folder / "give-keys"))

    def chosen(self, choice: Choice) -> dict[str, str]:
        """Write what is chosen, and give the environment that chooses it."""
        home = self._folder / str(choice["home"])
        _write(home / ".aws/credentials", choice["credentials"] and _credentials(choice["credentials"]))
        _write(home / ".boto", choice["boto"] and _section("Credentials", _KEYS, name=choice["boto"]))
        _write(home / ".config/credhelper/config.toml", choice["rule"] and _settings(RULES[choice["rule"]]))
        _write(home / _SSO_CACHE, choice["signed in"] and _sign_in(choice["signed in"]))
        _write(self._folder / "service-account", minted(str(choice["service account"]), _LATER))
        named = {
            "HOME": str(home),
            "AWS_PROFILE": choice["profile"],
            "AWS_ACCESS_KEY_ID": choice["keys"],
            "AWS_SECRET_ACCESS_KEY": choice["keys"] and "x",
            "AWS_SHARED_CREDENTIALS_FILE": choice["shared"] and f"{self._folder}/{choice['shared']}",
            "AWS_CONFIG_FILE": choice["config"] and f"{self._folder}/{choice['config']}",
        }
        chosen = {name: value for name, value in named.items() if value}
        return {**self._environ, **chosen, **self._of_web(choice["web"]), **self._of_container(choice["container"])}

    def _of_web(self, role: str | None) -> dict[str, str]:
        if role is None:
            return {}
        return {
            "AWS_ROLE_ARN": f"arn:aws:iam::210987654321:role/{role}",
            "AWS_ROLE_SESSION_NAME": "trial",
            "AWS_WEB_IDENTITY_TOKEN_FILE": f"{self._folder}/web-identity",
        }

    def _of_container(self, kind: str | None) -> dict[str, str]:
        if kind is None:
            return {}
        if kind == "pod":
            return {
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{self._containers}/v1/credentials",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": f"{self._folder}/service-account",
            }
        return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{self._containers}/v2/credentials/{kind}"}


def _credentials(file: str) -> str:
    return "\n".join(_section(name, _KEYS, name=f"{file}{name}") for name in ("default", "one", "two"))


def _config(sections: Mapping[str, tuple[str, str]], folder: Path) -> str:
    return "\n".join(_section(title, text, name=name, folder=folder) for title, (text, name) in sections.items())


def _section(title: str, text: str, **names: object) -> str:
    return f"[{title}]\n{text.format(**names)}\n"


def _settings(rule: Mapping[str, str]) -> str:
    lines = (f"{name} = {json.dumps(value)}" for name, value in {"match": HOST, **rule}.items())
    return "\n".join(["[[rule]]", *lines])


def _sign_in(person: str) -> str:
    """What `aws sso login` leaves behind."""
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(_LATER))
    return json.dumps({"startUrl": "https://corp.awsapps.com/start", "accessToken": person, "expiresAt": until})


def _write(path: Path, text: str | None) -> None:
    """What is as it was is not touched."""
    before = path.read_text() if path.exists() else None
    if text is None and before is not None:
        path.unlink()
    elif text is not None and text != before:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
