"""The expected owner of a token: the identity that botocore alone finds in the same environment and with the same rule.

In a process of its own, since botocore keeps the home that it finds when it is imported.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping

from tests.concurrency.processes import PATH, wait_for_all
from tests.fake_ec2.services import Loopback

_SCRIPT = """
import json
import sys
import botocore.session
from botocore.exceptions import BotoCoreError, ClientError

WITHOUT_PROFILE = ("boto-config", "container-role", "iam-role")
rule = json.loads(sys.argv[1])
profile = rule.get("profile") or rule.get("source_profile")
session = botocore.session.Session(profile=profile)
session.set_config_variable("region", "us-east-1")
try:
    credentials = session.get_credentials()
    if credentials and not (profile and credentials.method in WITHOUT_PROFILE):
        keys = credentials.get_frozen_credentials()
        answer = [keys.access_key, keys.token]
        if "role_arn" in rule:
            sts = session.create_client("sts")
            role = sts.assume_role(RoleArn=rule["role_arn"], RoleSessionName=rule["session_name"])
            answer = [role["Credentials"]["AccessKeyId"], role["Credentials"]["SessionToken"]]
        print(json.dumps(answer))
except (BotoCoreError, ClientError):
    pass
"""


class ExpectedIdentity:
    """The question, which is under way until the ARN is read."""

    def __init__(self, cloud: Loopback, environ: Mapping[str, str], rule: Mapping[str, str]) -> None:
        self._cloud = cloud
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-W", "ignore", "-c", _SCRIPT, json.dumps(rule)],
            env={"PATH": PATH, **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    @property
    def arn(self) -> str:
        """The identity that botocore finds; "nobody" if there is none."""
        [(status, output)] = wait_for_all([self._process])
        assert status == 0
        if not output:
            return "nobody"
        return self._cloud.keys.find_principal(*json.loads(output), users={}, account=self._cloud.behaviour.account)
