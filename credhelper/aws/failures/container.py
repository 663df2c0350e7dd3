"""The credentials of a container: ECS's service, EKS's Pod Identity agent, or another that variables name."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from botocore.exceptions import SSLError

from credhelper.aws.failures.words import place
from credhelper.errors import HelperError, printable

if TYPE_CHECKING:
    from botocore.session import Session

    from credhelper.target import Target

_RELATIVE, _FULL = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_TOKEN, _TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
_OF_ECS = "http://169.254.170.2"
_STATUS = re.compile(r"Received non 200 response (\d{3})", re.ASCII)
_NO_ANSWER = "Received error when attempting to retrieve"


def explain(error: Exception, target: Target, _session: Session) -> HelperError:
    """Give the HelperError for what a container's service, or the way to it, came to."""
    said = str(error)
    status = _STATUS.search(said)
    if isinstance(error, SSLError):  # an OSError too
        return _unreachable("cannot be reached by TLS", target)
    if isinstance(error, OSError):
        return _misconfigured(f"the token for it cannot be read from {_token_file()}: {error.strerror}", target)
    if isinstance(error, ValueError) and "Unsupported host" in said:
        return _misconfigured(f"{_service()} is no address that credentials may be asked of without TLS", target)
    if isinstance(error, ValueError) and "Auth token" in said:
        return _misconfigured(f"the token for it, in {_token_file()}, has more than one line", target)
    if _NO_ANSWER in said or (status and status.group(1) >= "500"):
        return _unreachable(f"answers {status.group(1)}" if status else "cannot be reached", target)
    how = f"answers {status.group(1)}" if status else "answers with what are no credentials"
    return HelperError(
        "container-refused",
        f"{_service()}, which gives this container its credentials for {target.host}, {how}",
        "on EKS: let a pod identity association give this service account a role\n"
        "aws eks list-pod-identity-associations --cluster-name CLUSTER\n"
        "on ECS: let the task have a taskRoleArn",
    )


def _unreachable(how: str, target: Target) -> HelperError:
    return HelperError(
        "container-unreachable",
        f"{_service()}, which gives this container its credentials for {target.host}, {how}",
        "on EKS: look at the Pod Identity agent of this node\n"
        "kubectl get daemonset eks-pod-identity-agent --namespace kube-system\n"
        f"on ECS: let the container reach {_service()}",
    )


def _misconfigured(what: str, target: Target) -> HelperError:
    return HelperError(
        "container-misconfigured",
        f"the container's credentials for {target.host} cannot be asked for: {what}",
        f"look at who sets {_RELATIVE}, {_FULL}, {_TOKEN} and {_TOKEN_FILE}\n"
        "a token that is written by hand ends without a newline: printf %s",
    )


def _service() -> str:
    """Its path is as good as a password."""
    return place(_OF_ECS if _RELATIVE in os.environ else os.environ.get(_FULL, ""))


def _token_file() -> str:
    return printable(os.environ.get(_TOKEN_FILE, _TOKEN))
