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

from tests.concurrency.cold import Sandbox
from tests.concurrency.processes import HOST, is_stable, wait_until
from tests.fake_ec2.services.web_identities import mint_token

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
_PROCESS = "credential_process = {directory}/give-keys {name}\n"
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
    "program": {"profile one": (_PROCESS, "ONE"), "profile two": (_PROCESS, "TWO")},
    "sign-in": {
        "profile one": (_SIGN_IN, "Reader"),
        "profile two": (_SIGN_IN, "Writer"),
        "sso-session corporation": ("sso_region = us-east-1\nsso_start_url = https://{name}.awsapps.com/start", "corp"),
    },
    "federated": {
        "profile one": (_ROLE + "web_identity_token_file = {directory}/web-identity", "of-one"),
        "profile two": (_ROLE + "web_identity_token_file = {directory}/web-identity", "of-two"),
    },
}

_SSO_CACHE = f".aws/sso/cache/{hashlib.sha1(b'corporation').hexdigest()}.json"  # noqa: S324  (botocore's file name)
_GIVE_KEYS = """#!/bin/sh
echo '{"Version": 1, "AccessKeyId": "AKIAPROGRAM'$1'", "SecretAccessKey": "x"}'
"""
_EXPIRES_AT = time.time() + 12 * 3600  # when a sign-in or a token expires


class Machine:
    """Two homes, one cache, and what is written into them."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._directory = Path(sandbox.home)
        self._environ = {**sandbox.environ, "AWS_ECR_CACHE_DIR": f"{sandbox.home}/cache"}
        self._container_endpoint = sandbox.cloud.endpoint
        sandbox.cloud.configure(
            tasks={f"/v2/credentials/{task}": task for task in ("task-a", "task-b")},
            pods={account: f"pod-{account}" for account in ("reader", "writer")},
            sign_ins={user: user for user in ("ann", "bob")},
        )
        for name in ("c", "d"):
            (self._directory / name).write_text(_render_credentials(name))
        for name, sections in _CONFIGS.items():
            (self._directory / name).write_text(_render_config(sections, self._directory))
        (self._directory / "web-identity").write_text(mint_token("builder", _EXPIRES_AT))
        (self._directory / "give-keys").write_text(_GIVE_KEYS)
        (self._directory / "give-keys").chmod(0o700)
        wait_until(lambda: is_stable(self._directory / "give-keys"))

    def apply(self, choice: Choice) -> dict[str, str]:
        """Write what is chosen, and give the environment that chooses it."""
        home = self._directory / str(choice["home"])
        _write_if_changed(
            home / ".aws/credentials", choice["credentials"] and _render_credentials(choice["credentials"])
        )
        _write_if_changed(home / ".boto", choice["boto"] and _render_section("Credentials", _KEYS, name=choice["boto"]))
        _write_if_changed(
            home / ".config/credhelper/config.toml", choice["rule"] and _render_settings(RULES[choice["rule"]])
        )
        _write_if_changed(home / _SSO_CACHE, choice["signed in"] and _render_sign_in(choice["signed in"]))
        _write_if_changed(self._directory / "service-account", mint_token(str(choice["service account"]), _EXPIRES_AT))
        variables = {
            "HOME": str(home),
            "AWS_PROFILE": choice["profile"],
            "AWS_ACCESS_KEY_ID": choice["keys"],
            "AWS_SECRET_ACCESS_KEY": choice["keys"] and "x",
            "AWS_SHARED_CREDENTIALS_FILE": choice["shared"] and f"{self._directory}/{choice['shared']}",
            "AWS_CONFIG_FILE": choice["config"] and f"{self._directory}/{choice['config']}",
        }
        selected = {name: value for name, value in variables.items() if value}
        return {
            **self._environ,
            **selected,
            **self._web_identity_variables(choice["web"]),
            **self._container_variables(choice["container"]),
        }

    def _web_identity_variables(self, role: str | None) -> dict[str, str]:
        if role is None:
            return {}
        return {
            "AWS_ROLE_ARN": f"arn:aws:iam::210987654321:role/{role}",
            "AWS_ROLE_SESSION_NAME": "trial",
            "AWS_WEB_IDENTITY_TOKEN_FILE": f"{self._directory}/web-identity",
        }

    def _container_variables(self, kind: str | None) -> dict[str, str]:
        if kind is None:
            return {}
        if kind == "pod":
            return {
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{self._container_endpoint}/v1/credentials",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": f"{self._directory}/service-account",
            }
        return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{self._container_endpoint}/v2/credentials/{kind}"}


def _render_credentials(key_prefix: str) -> str:
    return "\n".join(_render_section(name, _KEYS, name=f"{key_prefix}{name}") for name in ("default", "one", "two"))


def _render_config(sections: Mapping[str, tuple[str, str]], directory: Path) -> str:
    return "\n".join(
        _render_section(title, text, name=name, directory=directory) for title, (text, name) in sections.items()
    )


def _render_section(title: str, text: str, **names: object) -> str:
    return f"[{title}]\n{text.format(**names)}\n"


def _render_settings(rule: Mapping[str, str]) -> str:
    lines = (f"{name} = {json.dumps(value)}" for name, value in {"match": HOST, **rule}.items())
    return "\n".join(["[[rule]]", *lines])


def _render_sign_in(user: str) -> str:
    """Return the file that `aws sso login` writes."""
    expires_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(_EXPIRES_AT))
    return json.dumps({"startUrl": "https://corp.awsapps.com/start", "accessToken": user, "expiresAt": expires_at})


def _write_if_changed(path: Path, text: str | None) -> None:
    """Write, replace or delete a file; do not touch an unchanged one."""
    original = path.read_text() if path.exists() else None
    if text is None and original is not None:
        path.unlink()
    elif text is not None and text != original:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
