"""The credentials of a container: an ECS task has them at its own path, an EKS pod by its service account's token.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
"""

from __future__ import annotations

from tests.fake_ec2.services import trust
from tests.fake_ec2.services.faults import Fault
from tests.fake_ec2.services.messages import NO_RESPONSE, Request, Response, json_response
from tests.fake_ec2.services.principals import assumed_role
from tests.fake_ec2.services.regions import partition_of
from tests.fake_ec2.services.state import Cloud

_POD_PATH = "/v1/credentials"


def respond(cloud: Cloud, request: Request) -> Response:
    """Return keys of the container's role."""
    mode = cloud.behaviour.container
    if mode == "silent":
        return NO_RESPONSE
    if mode == "fail":
        return _refuse(500, "InternalServerException", "An internal server error occurred")
    return _respond_to_pod(cloud, request) if request.path == _POD_PATH else _respond_to_task(cloud, request)


def _respond_to_task(cloud: Cloud, request: Request) -> Response:
    role = cloud.behaviour.tasks.get(request.path)
    if role is None:
        return _refuse(400, "InvalidIdInRequest", "CredentialsV2Request: ID not found")
    return _issue_keys(cloud, request, role, request.path.rpartition("/")[2])


def _respond_to_pod(cloud: Cloud, request: Request) -> Response:
    token = request.headers.get("Authorization", "")
    try:
        subject = trust.verify(cloud, token)["sub"] if token else None
    except Fault as fault:
        return _refuse(400, fault.wording.json_code, str(fault))
    if subject is None:
        return _refuse(400, "InvalidRequestException", "Service account token cannot be empty")
    role = cloud.behaviour.pods.get(subject)
    if role is None:
        return _refuse(404, "ResourceNotFoundException", "No association found for the service account")
    return _issue_keys(cloud, request, role, "eks-cluster-" + subject.rpartition(":")[2])


def _issue_keys(cloud: Cloud, request: Request, role: str, session: str) -> Response:
    behaviour = cloud.behaviour
    principal = assumed_role(role, session, behaviour.account, behaviour.region)
    request.call.principal = principal
    keys = cloud.keys.issue(principal, behaviour.session_life)
    return json_response(
        200,
        {
            "RoleArn": f"arn:{partition_of(behaviour.region).name}:iam::{behaviour.account}:role/{role}",
            "AccessKeyId": keys.access_key,
            "SecretAccessKey": keys.secret_key,
            "Token": keys.token,
            "Expiration": keys.expiration,
        },
    )


def _refuse(status: int, code: str, message: str) -> Response:
    return json_response(status, {"code": code, "message": message})
