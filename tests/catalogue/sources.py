"""Scenes of what gives credentials: a sign-in, a program, a web identity, a container's service."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from typing import TYPE_CHECKING

from tests.catalogue.stage import NOWHERE, ROLE, SECRET, Scene, settled
from tests.contract.process import PROGRAM
from tests.instance.services import web_identities

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.catalogue.stage import Changes, Stage

_START = "https://example.awsapps.com/start"
_SIGN_IN = (
    "[default]\nsso_session = work\nsso_account_id = 123456789012\nsso_role_name = puller\n"
    f"[sso-session work]\nsso_start_url = {_START}\nsso_region = us-east-1\n"
)
_LOGIN = "[default]\nlogin_session = arn:aws:iam::123456789012:user/somebody\n"
# Whether the part of botocore is there that not every machine has.
_CRT = "import botocore.credentials; botocore.credentials.EC"
_GET = f"from credhelper.__main__ import run; run(['{PROGRAM}', 'get'])"
_SUBJECT = "system:serviceaccount:shop:web"


def _signed_in(seconds: float, sso: str = "ok") -> Callable[[Stage], Changes]:
    def set_up(stage: Stage) -> Changes:
        stage.config(_SIGN_IN)
        ends = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))
        kept = {"startUrl": _START, "region": "us-east-1", "accessToken": SECRET, "expiresAt": ends}
        name = hashlib.sha1(b"work").hexdigest()  # noqa: S324  (what botocore calls it)
        stage.file(f".aws/sso/cache/{name}.json", json.dumps(kept))
        stage.cloud.tell(sign_ins={SECRET: "somebody"}, sso=sso)
        return {}

    return set_up


def _run(script: str) -> Callable[[Stage], Changes]:
    def set_up(stage: Stage) -> Changes:
        stage.program(script)
        return {}

    return set_up


def _web_identity(
    seconds: float, issuer: str = web_identities.ISSUER, trusted: str = _SUBJECT
) -> Callable[[Stage], Changes]:
    def set_up(stage: Stage) -> Changes:
        token = web_identities.minted(_SUBJECT, time.time() + seconds, issuer=issuer)
        stage.cloud.tell(trust={ROLE: {"by": [trusted]}})
        return {"AWS_ROLE_ARN": ROLE, "AWS_WEB_IDENTITY_TOKEN_FILE": str(stage.file("token", token))}

    return set_up


def _pod(stage: Stage) -> Changes:
    """A service account without a pod identity association."""
    token = stage.file("token", web_identities.minted(_SUBJECT, time.time() + 600))
    return {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{stage.cloud.endpoint}/v1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(token),
    }


def _two_lines(stage: Stage) -> Changes:
    return {**_pod(stage), "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(stage.file("token", f"{SECRET}\n"))}


SCENES = (
    Scene(
        "sso-missing",
        settled(_SIGN_IN),
        ["IAM Identity Center gives no credentials", "there is no sign-in"],
        ["sign in: aws sso login --sso-session work"],
    ),
    Scene(
        "sso-expired",
        _signed_in(-60),
        ["the sign-in to IAM Identity Center", "has expired"],
        ["sign in again: aws sso login --sso-session work"],
    ),
    Scene(
        "sso-role-denied",
        _signed_in(3600, sso="deny"),
        ["does not give the role puller in the account 123456789012"],
        ["sso_role_name"],
    ),
    Scene(
        "login-unsupported",
        settled(_LOGIN),
        ["is one of aws login", "is not installed"],
        ['-m pip install "botocore[crt]"'],
        command=(sys.executable, "-I", "-c", f"{_CRT} = None; {_GET}"),
    ),
    Scene(
        "login-expired",
        settled(_LOGIN),
        ["the session of aws login", "Please reauthenticate with 'aws login'"],
        ["aws login --profile default"],
        command=(sys.executable, "-I", "-c", f"{_CRT} = object; {_GET}"),
    ),
    Scene(
        "process-missing",
        settled(f"[default]\ncredential_process = /nowhere/give-keys --password {SECRET}\n"),
        ["/nowhere/give-keys, the credential_process", "could not be started: No such file or directory"],
        ["its whole path"],
    ),
    Scene(
        "process-failed",
        _run(f"echo {SECRET}; echo {SECRET} >&2; exit 3"),
        ["give-keys, the credential_process", "ended with status 3"],
        ["CREDHELPER_DEBUG=1"],
    ),
    Scene(
        "process-garbled",
        _run(f"echo {SECRET}"),
        ["give-keys, the credential_process", "printed what are no credentials"],
        ["AccessKeyId"],
    ),
    Scene(
        "web-identity-missing",
        lambda _: {"AWS_ROLE_ARN": ROLE, "AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere/token"},
        ["could not be read from /nowhere/token: No such file or directory"],
        ["serviceAccountName"],
    ),
    Scene(
        "web-identity-expired",
        _web_identity(-60),
        ["/token has expired", "must be before the expiration date/time"],
        ["write a new one"],
    ),
    Scene(
        "web-identity-refused",
        _web_identity(600, issuer="https://elsewhere.example.com"),
        ["STS does not take the web identity's token", "No OpenIDConnect provider found"],
        ["aws iam list-open-id-connect-providers"],
    ),
    Scene(
        "web-identity-denied",
        _web_identity(600, trusted="system:serviceaccount:shop:another"),
        [f"the web identity may not assume {ROLE}"],
        ["aws iam get-role --role-name build --query Role.AssumeRolePolicyDocument"],
    ),
    Scene(
        "container-unreachable",
        lambda _: {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{NOWHERE}/{SECRET}"},
        ["http://127.0.0.1:9, which gives this container its credentials", "cannot be reached"],
        ["eks-pod-identity-agent"],
    ),
    Scene("container-refused", _pod, ["answers 404"], ["aws eks list-pod-identity-associations"]),
    Scene("container-misconfigured", _two_lines, ["has more than one line"], ["printf %s"]),
)
