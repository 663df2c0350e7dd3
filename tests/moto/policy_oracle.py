"""moto as its administrators see it: the users and roles of two accounts, their permissions, and the calls made."""

from __future__ import annotations

import base64
import json
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs

import botocore.session

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ACCOUNTS = ("123456789012", "210987654321")
TOKEN = "ecr:GetAuthorizationToken"
ASSUME = "sts:AssumeRole"
ANYONE = "*"

_POLICY = "what-it-may"
_SESSION = botocore.session.Session()  # caches the models of IAM and STS


class User(NamedTuple):
    """A user of the account and its keys."""

    arn: str
    key: str
    secret: str

    @property
    def environ(self) -> dict[str, str]:
        return {"AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": self.secret}

    @property
    def lines(self) -> str:
        """The lines of a profile with these keys in AWS's files."""
        return f"aws_access_key_id = {self.key}\naws_secret_access_key = {self.secret}\n"


class Account:
    """The users and roles of an account, managed through its administrator's IAM client."""

    def __init__(self, iam: Any) -> None:  # noqa: ANN401  (its methods come from the service's model)
        self._iam = iam

    def create_user(self, name: str, *actions: str) -> User:
        """Create a user that may take these actions."""
        arn = self._iam.create_user(UserName=name)["User"]["Arn"]
        if actions:
            self.allow_user(name, *actions)
        access_key = self._iam.create_access_key(UserName=name)["AccessKey"]
        return User(arn, access_key["AccessKeyId"], access_key["SecretAccessKey"])

    def create_role(self, name: str, *actions: str, trusted_arn: str = ANYONE, external_id: str = "") -> str:
        """Create a role that may take these actions and that the trusted ARN may assume; return its ARN."""
        trust = {"Effect": "Allow", "Action": ASSUME, "Principal": {"AWS": trusted_arn}}
        if external_id:
            trust["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
        role = self._iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy_document(trust))
        if actions:
            self.allow_role(name, *actions)
        return str(role["Role"]["Arn"])

    def allow_user(self, name: str, *actions: str) -> None:
        """Let a user take these actions and no others."""
        self._iam.put_user_policy(UserName=name, PolicyName=_POLICY, PolicyDocument=_allow_document(actions))

    def allow_role(self, name: str, *actions: str) -> None:
        """Let a role take these actions and no others."""
        self._iam.put_role_policy(RoleName=name, PolicyName=_POLICY, PolicyDocument=_allow_document(actions))


class PolicyOracle(Account):
    """An account of moto that judges every caller, including its administrator, and an `other_account`.

    `port` is moto's port, and `recording` is the file in which it records its requests.
    """

    def __init__(self, port: int, recording: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._port = port
        self._recording = recording
        self._post("reset")
        self.enforce_from_call(None)
        ours, others = self._administrators = [self._create_administrator(account) for account in ACCOUNTS]
        super().__init__(self._create_client("iam", ours.key, ours.secret))
        self.other_account = Account(self._create_client("iam", others.key, others.secret))
        self.enforce_from_call(0)
        self.forget()

    def enforce_from_call(self, number: int | None) -> None:
        """Enforce policies from the call with this number on (the next call is 0); None means never."""
        self._post("reset-auth", "inf" if number is None else str(number))

    def list_calls(self) -> list[str]:
        """Return the operations called since the last `forget`, except those of the administrators."""
        requests = map(json.loads, self._recording.read_text().splitlines())
        return [_operation_of(request) for request in requests if not self._is_administrative(request)]

    def forget(self) -> None:
        """Forget the recorded requests."""
        self._recording.write_text("")

    def _create_administrator(self, account: str) -> User:
        """Create a user of `account` with all permissions.

        While nothing is enforced, any caller may assume any role.
        """
        sts = self._create_client("sts", "nobody", "unjudged")
        role = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/unjudged", RoleSessionName="trial")
        keys = role["Credentials"]
        iam = self._create_client("iam", keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        return Account(iam).create_user("administrator", "*")

    def _create_client(self, service: str, key: str, secret: str, token: str | None = None) -> Any:  # noqa: ANN401  (likewise)
        return _SESSION.create_client(
            service,
            region_name="us-east-1",
            endpoint_url=self.url,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
        )

    def _is_administrative(self, request: Mapping[str, Any]) -> bool:
        authorization = request["headers"].get("Authorization", "")
        is_administrator = (
            f"Credential={administrator.key}/" in authorization for administrator in self._administrators
        )
        return "/moto-api/" in request["url"] or any(is_administrator)

    def _post(self, path: str, body: str = "") -> None:
        connection = HTTPConnection("127.0.0.1", self._port)
        connection.request("POST", f"/moto-api/{path}", body)
        assert connection.getresponse().status == 200
        connection.close()


def _allow_document(actions: tuple[str, ...]) -> str:
    return _policy_document({"Effect": "Allow", "Action": list(actions), "Resource": "*"})


def _policy_document(statement: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _operation_of(request: Mapping[str, Any]) -> str:
    """Return the operation of a request: a header has it in the JSON protocol, and the form data otherwise."""
    _, _, operation = request["headers"].get("X-Amz-Target", "").partition(".")
    return operation or parse_qs(base64.b64decode(request["body"]).decode())["Action"][0]
