"""The credentials of a container: of an ECS task, by its path, or of an EKS pod, by its service account's token.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
"""

from __future__ import annotations

from tests.instance.services import trust
from tests.instance.services.faults import Fault
from tests.instance.services.messages import NEVER, Answer, Request, document
from tests.instance.services.principals import assumed_role
from tests.instance.services.regions import partition
from tests.instance.services.state import Cloud

_POD = "/v1/credentials"


def answer(cloud: Cloud, request: Request) -> Answer:
    """Give keys of the container's role."""
    told = cloud.told.container
    if told == "silent":
        return NEVER
    if told == "fail":
        return _refused(500, "InternalServerException", "An internal server error occurred")
    return _of_pod(cloud, request) if request.path == _POD else _of_task(cloud, request)


def _of_task(cloud: Cloud, request: Request) -> Answer:
    role = cloud.told.tasks.get(request.path)
    if role is None:
        return _refused(400, "InvalidIdInRequest", "CredentialsV2Request: ID not found")
    return _keys(cloud, request, role, request.path.rpartition("/")[2])


def _of_pod(cloud: Cloud, request: Request) -> Answer:
    token = request.headers.get("Authorization", "")
    try:
        subject = trust.read(cloud, token)["sub"] if token else None
    except Fault as fault:
        return _refused(400, fault.wording.json_code, str(fault))
    if subject is None:
        return _refused(400, "InvalidRequestException", "Service account token cannot be empty")
    role = cloud.told.pods.get(subject)
    if role is None:
        return _refused(404, "ResourceNotFoundException", "No association found for the service account")
    return _keys(cloud, request, role, "eks-cluster-" + subject.rpartition(":")[2])


def _keys(cloud: Cloud, request: Request, role: str, session: str) -> Answer:
    told = cloud.told
    principal = assumed_role(role, session, told.account, told.region)
    request.call.principal = principal
    keys = cloud.keys.issue(principal, told.session_life)
    return document(
        200,
        {
            "RoleArn": f"arn:{partition(told.region).name}:iam::{told.account}:role/{role}",
            "AccessKeyId": keys.access_key,
            "SecretAccessKey": keys.secret_key,
            "Token": keys.token,
            "Expiration": keys.expiration,
        },
    )


def _refused(status: int, code: str, message: str) -> Answer:
    return document(status, {"code": code, "message": message})
