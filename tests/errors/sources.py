"""Scenarios: credential sources: a sign-in, a program, a web identity, a container's service."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from typing import TYPE_CHECKING

from tests.errors.scenario import ROLE, SECRET, UNREACHABLE, Scenario, configure_aws
from tests.fake_ec2.services import web_identities
from tests.support.runner import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.errors.scenario import Changes, Sandbox

_START_URL = "https://example.awsapps.com/start"
_SIGN_IN = (
    "[default]\nsso_session = work\nsso_account_id = 123456789012\nsso_role_name = puller\n"
    f"[sso-session work]\nsso_start_url = {_START_URL}\nsso_region = us-east-1\n"
)
_LOGIN = "[default]\nlogin_session = arn:aws:iam::123456789012:user/somebody\n"
# Whether the part of botocore that aws login needs is installed.
_CRT = "import botocore.credentials; botocore.credentials.EC"
_RUN_GET = f"from credhelper.__main__ import run; run(['{PROGRAM}', 'get'])"
_SUBJECT = "system:serviceaccount:shop:web"


def _write_sign_in(seconds: float, sso: str = "ok") -> Callable[[Sandbox], Changes]:
    def set_up(sandbox: Sandbox) -> Changes:
        sandbox.write_aws_config(_SIGN_IN)
        expires_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))
        sign_in = {"startUrl": _START_URL, "region": "us-east-1", "accessToken": SECRET, "expiresAt": expires_at}
        name = hashlib.sha1(b"work").hexdigest()  # noqa: S324  (botocore's file name)
        sandbox.write_file(f".aws/sso/cache/{name}.json", json.dumps(sign_in))
        sandbox.cloud.configure(sign_ins={SECRET: "somebody"}, sso=sso)
        return {}

    return set_up


def _use_process(script: str) -> Callable[[Sandbox], Changes]:
    def set_up(sandbox: Sandbox) -> Changes:
        sandbox.write_credential_process(script)
        return {}

    return set_up


def _use_web_identity(
    seconds: float, issuer: str = web_identities.ISSUER, trusted_subject: str = _SUBJECT
) -> Callable[[Sandbox], Changes]:
    def set_up(sandbox: Sandbox) -> Changes:
        token = web_identities.mint_token(_SUBJECT, time.time() + seconds, issuer=issuer)
        sandbox.cloud.configure(trust={ROLE: {"by": [trusted_subject]}})
        return {"AWS_ROLE_ARN": ROLE, "AWS_WEB_IDENTITY_TOKEN_FILE": str(sandbox.write_file("token", token))}

    return set_up


def _use_pod_identity(sandbox: Sandbox) -> Changes:
    """Simulate a service account without a pod identity association."""
    token = sandbox.write_file("token", web_identities.mint_token(_SUBJECT, time.time() + 600))
    return {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{sandbox.cloud.endpoint}/v1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(token),
    }


def _use_two_line_token(sandbox: Sandbox) -> Changes:
    return {
        **_use_pod_identity(sandbox),
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(sandbox.write_file("token", f"{SECRET}\n")),
    }


SCENARIOS = (
    Scenario(
        "sso-missing",
        configure_aws(_SIGN_IN),
        ["not signed in to IAM Identity Center", "there is no sign-in"],
        ["sign in: aws sso login --sso-session work"],
    ),
    Scenario(
        "sso-expired",
        _write_sign_in(-60),
        ["the sign-in to IAM Identity Center", "has expired"],
        ["sign in: aws sso login --sso-session work"],
    ),
    Scenario(
        "sso-role-denied",
        _write_sign_in(3600, sso="deny"),
        ["no access to the role puller in account 123456789012"],
        ["sso_role_name"],
    ),
    Scenario(
        "login-unsupported",
        configure_aws(_LOGIN),
        ["cannot use the session of aws login", "is not installed"],
        ['-m pip install "botocore[crt]"'],
        command=(sys.executable, "-I", "-c", f"{_CRT} = None; {_RUN_GET}"),
    ),
    Scenario(
        "login-expired",
        configure_aws(_LOGIN),
        ["no valid session of aws login", "Please reauthenticate with 'aws login'"],
        ["aws login --profile default"],
        command=(sys.executable, "-I", "-c", f"{_CRT} = object; {_RUN_GET}"),
    ),
    Scenario(
        "process-missing",
        configure_aws(f"[default]\ncredential_process = /nowhere/give-keys --password {SECRET}\n"),
        ["cannot start the credential_process /nowhere/give-keys", "No such file or directory"],
        ["its absolute path"],
    ),
    Scenario(
        "process-failed",
        _use_process(f"echo {SECRET}; echo {SECRET} >&2; exit 3"),
        ["give-keys failed", "it exited with status 3"],
        ["CREDHELPER_DEBUG=1"],
    ),
    Scenario(
        "process-garbled",
        _use_process(f"echo {SECRET}"),
        ["give-keys did not print valid credentials"],
        ["AccessKeyId"],
    ),
    Scenario(
        "web-identity-missing",
        lambda _: {"AWS_ROLE_ARN": ROLE, "AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere/token"},
        ["/nowhere/token: No such file or directory"],
        ["serviceAccountName"],
    ),
    Scenario(
        "web-identity-expired",
        _use_web_identity(-60),
        ["the web identity token has expired", "must be before the expiration date/time"],
        ["write a new token to the file"],
    ),
    Scenario(
        "web-identity-refused",
        _use_web_identity(600, issuer="https://elsewhere.example.com"),
        ["STS rejected the web identity token", "No OpenIDConnect provider found"],
        ["aws iam list-open-id-connect-providers"],
    ),
    Scenario(
        "web-identity-denied",
        _use_web_identity(600, trusted_subject="system:serviceaccount:shop:another"),
        [f"the web identity may not assume the role {ROLE}"],
        ["aws iam get-role --role-name build --query Role.AssumeRolePolicyDocument"],
    ),
    Scenario(
        "container-unreachable",
        lambda _: {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{UNREACHABLE}/{SECRET}"},
        ["the container's credential service cannot be reached", "cannot be reached"],
        ["eks-pod-identity-agent"],
    ),
    Scenario(
        "container-refused",
        _use_pod_identity,
        ["the container's credential service answered 404"],
        ["aws eks list-pod-identity-associations"],
    ),
    Scenario("container-misconfigured", _use_two_line_token, ["has more than one line"], ["printf %s"]),
)
