"""Every type of identity of AWS's tools, side by side on one instance: the variables that select it, and its ARN.

All of them have files in one home directory. There is no complete default profile.
"""

from __future__ import annotations

import hashlib
import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.e2e.clients import HOME
from tests.fake_ec2.services.behaviour import TASK
from tests.fake_ec2.services.web_identities import mint_token

if TYPE_CHECKING:
    from tests.fake_ec2 import Instance

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/"
USER = f"arn:aws:iam::{ACCOUNT}:user/"
SUBJECT = "system:serviceaccount:default:"
HOUR = 3600

POD = "http://169.254.170.23/v1/credentials"
POD_6 = "http://[fd00:ec2::23]/v1/credentials"

CREDENTIALS = """
[keys]
aws_access_key_id = AKIAFILE
aws_secret_access_key = x
"""
CONFIG = f"""
[profile of-keys]
role_arn = {ROLE}of-keys
source_profile = keys
role_session_name = here

[profile of-role]
role_arn = {ROLE}of-role
source_profile = of-keys
role_session_name = here

[profile of-instance]
role_arn = {ROLE}of-instance
credential_source = Ec2InstanceMetadata
role_session_name = here

[profile of-task]
role_arn = {ROLE}of-task
credential_source = EcsContainer
role_session_name = here

[profile of-token]
role_arn = {ROLE}of-token
web_identity_token_file = {HOME}/.aws/tokens/irsa
role_session_name = here

[profile program]
credential_process = {HOME}/.aws/give-keys

[profile signed-in]
sso_session = somebody
sso_account_id = {ACCOUNT}
sso_role_name = Reader

[profile signed-in-of-old]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
sso_account_id = {ACCOUNT}
sso_role_name = Writer

[sso-session somebody]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
"""
CREDENTIAL_PROCESS = """#!/bin/sh
echo '{"Version": 1, "AccessKeyId": "AKIAPROGRAM", "SecretAccessKey": "x"}'
"""


class Identity(NamedTuple):
    """An identity: the variables that select it, the ARN that calls ECR, and the roles that are assumed.

    Each role takes one call to STS.
    """

    env: dict[str, str]
    principal: str
    roles: tuple[str, ...] = ()


def build_profile_identity(name: str, principal: str, *roles: str) -> Identity:
    return Identity({"AWS_PROFILE": name}, principal, tuple(ROLE + role for role in roles))


def build_pod_identity(name: str, uri: str) -> Identity:
    """Two pods differ by what is in their token files, and by nothing that a variable says but the file's name."""
    env = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": uri,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": f"{HOME}/.aws/tokens/{name}",
    }
    return Identity(env, f"{SESSION}{name}/eks-cluster-{name}")


_TASK_ENV = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": TASK}
IRSA = {
    "AWS_ROLE_ARN": f"{ROLE}irsa",
    "AWS_WEB_IDENTITY_TOKEN_FILE": f"{HOME}/.aws/tokens/irsa",
    "AWS_ROLE_SESSION_NAME": "pod",
}
IDENTITIES = {
    "IMDSv2": Identity({}, f"{SESSION}app-role/i-0abcdef1234567890"),
    "environment": Identity({"AWS_ACCESS_KEY_ID": "AKIASET", "AWS_SECRET_ACCESS_KEY": "x"}, f"{USER}AKIASET"),
    "shared file": build_profile_identity("keys", f"{USER}AKIAFILE"),
    "role_arn and source_profile": build_profile_identity("of-keys", f"{SESSION}of-keys/here", "of-keys"),
    "a chain of two roles": build_profile_identity("of-role", f"{SESSION}of-role/here", "of-keys", "of-role"),
    "credential_source Ec2InstanceMetadata": build_profile_identity(
        "of-instance", f"{SESSION}of-instance/here", "of-instance"
    ),
    "credential_source EcsContainer": build_profile_identity("of-task", f"{SESSION}of-task/here", "of-task")._replace(
        env={"AWS_PROFILE": "of-task", **_TASK_ENV}
    ),
    "web_identity_token_file": build_profile_identity("of-token", f"{SESSION}of-token/here", "of-token"),
    "credential_process": build_profile_identity("program", f"{USER}AKIAPROGRAM"),
    "SSO": build_profile_identity("signed-in", f"{SESSION}AWSReservedSSO_Reader_0123456789abcdef/somebody"),
    "SSO of old": build_profile_identity(
        "signed-in-of-old", f"{SESSION}AWSReservedSSO_Writer_0123456789abcdef/somebody"
    ),
    "IRSA": Identity(IRSA, f"{SESSION}irsa/pod", (f"{ROLE}irsa",)),
    "ECS": Identity(_TASK_ENV, f"{SESSION}task-role/{TASK.rpartition('/')[2]}"),
    "EKS Pod Identity": build_pod_identity("blue", POD),
    "EKS Pod Identity of another pod": build_pod_identity("green", POD),
    "EKS Pod Identity over IPv6": build_pod_identity("violet", POD_6),
}  # fmt: skip

BEHAVIOUR: dict[str, dict[str, Any]] = {
    "pods": {f"{SUBJECT}{name}": name for name in ("blue", "green", "violet")},
    "sign_ins": {"an access token": "somebody", "a newer access token": "somebody"},
    "renewals": {"a refresh token": "a newer access token"},
    "trust": {
        f"{ROLE}of-keys": {"by": [f"{USER}AKIAFILE"]},
        f"{ROLE}of-role": {"by": [f"{ROLE}of-keys"]},
        f"{ROLE}of-instance": {"by": [f"{ROLE}app-role"]},
        f"{ROLE}of-task": {"by": [f"{ROLE}task-role"]},
        f"{ROLE}of-token": {"by": [f"{SUBJECT}irsa"]},
        f"{ROLE}irsa": {"by": [f"{SUBJECT}irsa"]},
    },
}


def install_identities(instance: Instance) -> None:
    """Let all of them live on an instance."""
    instance.control.configure(**BEHAVIOUR)
    instance.write(f"{HOME}/.aws/credentials", CREDENTIALS, 0o600)
    instance.write(f"{HOME}/.aws/config", CONFIG)
    instance.write(f"{HOME}/.aws/give-keys", CREDENTIAL_PROCESS, 0o700)
    for name in ("irsa", "blue", "green", "violet"):
        write_token(instance, name, HOUR)
    write_sign_in(instance, HOUR)


def write_token(instance: Instance, name: str, seconds: float) -> None:
    """Write a token of the service account of that name, which lives for so many seconds."""
    instance.write(f"{HOME}/.aws/tokens/{name}", mint_token(f"{SUBJECT}{name}", time.time() + seconds), 0o600)


def write_sign_in(instance: Instance, seconds: float, **extra_fields: str) -> None:
    """Leave a sign-in in the cache of `aws sso login`, of the session and of the start URL, as a file each."""
    expires_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))
    token = {"startUrl": "https://example.awsapps.com/start", "region": "us-east-1", "accessToken": "an access token"}
    for name in ("somebody", token["startUrl"]):
        path = f"{HOME}/.aws/sso/cache/{hashlib.sha1(name.encode()).hexdigest()}.json"  # noqa: S324  # botocore's choice
        instance.write(path, json.dumps({**token, "expiresAt": expires_at, **extra_fields}), 0o600)
