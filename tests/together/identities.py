"""Trials of a machine on which it changes, in sets of any kind, who would be answered for.

botocore alone, asked in the same environment, tells whose the token has to be.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, Optional
from unittest import mock

import botocore.session
from botocore.exceptions import BotoCoreError, ClientError

from tests.instance.services import Loopback
from tests.instance.services.web_identities import minted
from tests.together.cold import Place, owner, place
from tests.together.crowd import HOST, PATH, ended, started

Choice = Mapping[str, Optional[str]]

# What can be chosen: by variables that name a profile, keys, files or a role, and by what is written in the files. What
# hides the other choices is chosen seldom.
CHOICES: Mapping[str, tuple[str | None, ...]] = {
    "home": ("alpha", "beta"),
    "profile": (None, None, "one", "two"),
    "keys": (None, None, None, None, "AKIAFIRST", "AKIAOTHER"),
    "credentials": (None, None, "a", "b"),
    "shared": (None, None, "c", "d"),
    "config": (None, "roles", "program"),
    "boto": (None, "e", "f"),
    "web": (None, None, None, None, "build", "deploy"),
}

_PROFILE = "[{name}]\naws_access_key_id = AKIA{file}{name}\naws_secret_access_key = x\n"
_BOTO = "[Credentials]\naws_access_key_id = AKIA{file}boto\naws_secret_access_key = x\n"
_CONFIGS = {
    "roles": "[profile one]\nrole_arn = arn:aws:iam::210987654321:role/of-one\nsource_profile = two\n"
    "role_session_name = trial\n",
    "program": "[profile two]\ncredential_process = {folder}/give-keys\n",
}
_KEYS = {"Version": 1, "AccessKeyId": "AKIAPROGRAM", "SecretAccessKey": "x"}


class Owners(NamedTuple):
    """Whose tokens were given: how many gets there were, how many of them had the "right" owner's (or none, where
    nobody answers), and how often ECR was asked.
    """

    gets: int
    right: int
    calls: int


def gets(changes: Iterable[Choice]) -> Owners:
    """Get a token after each of `changes` of what is chosen, one after the other, on one machine with one cache."""
    with place() as here:
        machine = _Machine(here)
        chosen = {name: values[0] for name, values in CHOICES.items()}
        right = []
        for change in changes:
            chosen.update(change)
            right.append(machine.get(chosen))
        return Owners(len(right), sum(right), here.calls)


class _Machine:
    """Two homes, one cache, and what is written into them."""

    def __init__(self, here: Place) -> None:
        self._cloud = here.cloud
        self._folder = Path(here.home)
        self._environ = {**here.environ, "AWS_ECR_CACHE_DIR": f"{here.home}/cache"}
        for home in ("alpha", "beta"):
            (self._folder / home / ".aws").mkdir(parents=True)
        for name in ("c", "d"):
            (self._folder / name).write_text(_credentials(name))
        for name, text in _CONFIGS.items():
            (self._folder / name).write_text(text.format(folder=self._folder))
        (self._folder / "token").write_text(minted("system:serviceaccount:default:trial", time.time() + 3600))
        program = self._folder / "give-keys"
        program.write_text(f"#!/bin/sh\necho '{json.dumps(_KEYS)}'\n")
        program.chmod(0o700)

    def get(self, choice: Choice) -> bool:
        """Make the choice, get a token, and tell whether it is the right one's."""
        environ = self._chosen(choice)
        expected = _expected(self._cloud, environ)
        [(_, answer)] = ended([started(HOST, environ)])
        return owner(self._cloud, answer) == expected

    def _chosen(self, choice: Choice) -> dict[str, str]:
        home = self._folder / str(choice["home"])
        _write(home / ".aws" / "credentials", choice["credentials"] and _credentials(choice["credentials"]))
        _write(home / ".boto", choice["boto"] and _BOTO.format(file=choice["boto"]))
        web = choice["web"] and f"arn:aws:iam::210987654321:role/{choice['web']}"
        chosen = {
            "HOME": str(home),
            "AWS_PROFILE": choice["profile"],
            "AWS_ACCESS_KEY_ID": choice["keys"],
            "AWS_SECRET_ACCESS_KEY": choice["keys"] and "x",
            "AWS_SHARED_CREDENTIALS_FILE": choice["shared"] and f"{self._folder}/{choice['shared']}",
            "AWS_CONFIG_FILE": choice["config"] and f"{self._folder}/{choice['config']}",
            "AWS_ROLE_ARN": web,
            "AWS_ROLE_SESSION_NAME": web and "trial",
            "AWS_WEB_IDENTITY_TOKEN_FILE": web and f"{self._folder}/token",
        }
        return {**self._environ, **{name: value for name, value in chosen.items() if value}}


def _credentials(file: str) -> str:
    return "".join(_PROFILE.format(file=file, name=name) for name in ("default", "one", "two"))


def _write(path: Path, text: str | None) -> None:
    """What is as it was is not touched."""
    before = path.read_text() if path.exists() else None
    if text is None and before is not None:
        path.unlink()
    elif text is not None and text != before:
        path.write_text(text)


def _expected(cloud: Loopback, environ: Mapping[str, str]) -> str:
    """Give the ARN of whom botocore finds, or "nobody"."""
    with mock.patch.dict(os.environ, {"PATH": PATH, **environ}, clear=True):
        session = botocore.session.Session()
        session.set_config_variable("region", "us-east-1")
        try:
            found = session.get_credentials()
            keys = found.get_frozen_credentials() if found is not None else None
        except (BotoCoreError, ClientError):
            return "nobody"
    if keys is None or keys.access_key is None:
        return "nobody"
    return cloud.keys.principal(keys.access_key, keys.token, users={}, account="123456789012")
