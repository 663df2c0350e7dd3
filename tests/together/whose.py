"""Whose a token has to be: botocore alone, asked in the same environment and for the same rule, tells.

In a process of its own, since botocore keeps the home that it finds when it is imported.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping

from tests.instance.services import Loopback
from tests.together.crowd import PATH, ended

_ASK = """
import json
import sys
import botocore.session
from botocore.exceptions import BotoCoreError, ClientError

OF_NO_PROFILE = ("boto-config", "container-role", "iam-role")
rule = json.loads(sys.argv[1])
profile = rule.get("profile") or rule.get("source_profile")
session = botocore.session.Session(profile=profile)
session.set_config_variable("region", "us-east-1")
try:
    found = session.get_credentials()
    if found and not (profile and found.method in OF_NO_PROFILE):
        keys = found.get_frozen_credentials()
        told = [keys.access_key, keys.token]
        if "role_arn" in rule:
            sts = session.create_client("sts")
            role = sts.assume_role(RoleArn=rule["role_arn"], RoleSessionName=rule["session_name"])
            told = [role["Credentials"]["AccessKeyId"], role["Credentials"]["SessionToken"]]
        print(json.dumps(told))
except (BotoCoreError, ClientError):
    pass
"""


class Whose:
    """The question, which is under way until the ARN is read."""

    def __init__(self, cloud: Loopback, environ: Mapping[str, str], rule: Mapping[str, str]) -> None:
        self._cloud = cloud
        self._asked = subprocess.Popen(
            [sys.executable, "-I", "-W", "ignore", "-c", _ASK, json.dumps(rule)],
            env={"PATH": PATH, **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    @property
    def arn(self) -> str:
        """Whom botocore finds; "nobody" where it finds none."""
        [(status, printed)] = ended([self._asked])
        assert status == 0
        if not printed:
            return "nobody"
        return self._cloud.keys.principal(*json.loads(printed), users={}, account=self._cloud.told.account)
