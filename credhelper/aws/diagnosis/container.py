"""The credentials of a container: ECS's service, EKS's Pod Identity agent, or another that variables name."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from botocore.exceptions import SSLError

from credhelper.aws.diagnosis.quoting import netloc
from credhelper.errors import HelperError, printable

if TYPE_CHECKING:
    from credhelper.aws.observer import Observer
    from credhelper.ecr.target import Target

_RELATIVE_URI, _FULL_URI = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_AUTH_TOKEN, _AUTH_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
_ECS_ENDPOINT = "http://169.254.170.2"
_STATUS_PATTERN = re.compile(r"Received non 200 response (\d{3})", re.ASCII)
_NO_RESPONSE = "Received error when attempting to retrieve"


def diagnose(error: Exception, target: Target, _observer: Observer) -> HelperError:
    """Give the HelperError for what a container's service, or the way to it, came to."""
    message = str(error)
    status = _STATUS_PATTERN.search(message)
    if isinstance(error, SSLError):  # an OSError too
        return _unreachable_error("cannot be reached by TLS", target)
    if isinstance(error, OSError):
        return _misconfigured_error(
            f"the token for it cannot be read from {_token_location()}: {error.strerror}", target
        )
    if isinstance(error, ValueError) and "Unsupported host" in message:
        return _misconfigured_error(
            f"{_service_location()} is no address that credentials may be asked of without TLS", target
        )
    if isinstance(error, ValueError) and "Auth token" in message:
        return _misconfigured_error(f"the token for it, in {_token_location()}, has more than one line", target)
    if _NO_RESPONSE in message or (status and status.group(1) >= "500"):
        return _unreachable_error(f"answers {status.group(1)}" if status else "cannot be reached", target)
    outcome = f"answers {status.group(1)}" if status else "answers with what are no credentials"
    return HelperError(
        "container-refused",
        f"{_service_location()}, which gives this container its credentials for {target.host}, {outcome}",
        "on EKS: let a pod identity association give this service account a role\n"
        "aws eks list-pod-identity-associations --cluster-name CLUSTER\n"
        "on ECS: let the task have a taskRoleArn",
    )


def _unreachable_error(outcome: str, target: Target) -> HelperError:
    return HelperError(
        "container-unreachable",
        f"{_service_location()}, which gives this container its credentials for {target.host}, {outcome}",
        "on EKS: look at the Pod Identity agent of this node\n"
        "kubectl get daemonset eks-pod-identity-agent --namespace kube-system\n"
        f"on ECS: let the container reach {_service_location()}",
    )


def _misconfigured_error(reason: str, target: Target) -> HelperError:
    return HelperError(
        "container-misconfigured",
        f"the container's credentials for {target.host} cannot be asked for: {reason}",
        f"look at who sets {_RELATIVE_URI}, {_FULL_URI}, {_AUTH_TOKEN} and {_AUTH_TOKEN_FILE}\n"
        "a token that is written by hand ends without a newline: printf %s",
    )


def _service_location() -> str:
    """Its path is as good as a password."""
    return netloc(_ECS_ENDPOINT if _RELATIVE_URI in os.environ else os.environ.get(_FULL_URI, ""))


def _token_location() -> str:
    return printable(os.environ.get(_AUTH_TOKEN_FILE, _AUTH_TOKEN))
