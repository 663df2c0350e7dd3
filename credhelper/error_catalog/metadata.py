"""The instance metadata service, the last credential source that is tried: why there are no credentials."""

from __future__ import annotations

from credhelper.error_catalog.kind import Command, ErrorKind

_MESSAGE = "no AWS credentials found"
_ELSEWHERE = "; the environment, ~/.aws/config, ~/.aws/credentials and the container service have none either"
_PROVIDE_CREDENTIALS = (
    "elsewhere: run aws configure or aws sso login, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
)
_CHECK_SERVER = "check which server answers there, such as a proxy or a captive portal, and try again"

NO_CREDENTIALS = ErrorKind(
    "no-credentials",
    "there are no AWS credentials, and the instance metadata service does not respond",
    _MESSAGE,
    "the instance metadata service did not respond: this is not an EC2 instance, or access to 169.254.169.254 is "
    f"blocked{_ELSEWHERE}",
    (
        "on EC2: attach a role to the instance, and allow access to 169.254.169.254",
        _PROVIDE_CREDENTIALS,
    ),
    is_transient=True,
)
NO_CREDENTIALS_FOREIGN_SERVICE = NO_CREDENTIALS._replace(
    when="another server answers in place of the instance metadata service",
    why="the server at the address of the instance metadata service issues no session token and has no role: this is a "
    f"machine of another cloud, or a proxy or a captive portal answers{_ELSEWHERE}",
    fix=(_PROVIDE_CREDENTIALS.replace("elsewhere: ", "provide credentials: "),),
)
NO_CREDENTIALS_BAD_ENDPOINT = NO_CREDENTIALS._replace(
    when="the configured address of the instance metadata service is not a URL",
    why=f"the configured address of the instance metadata service is not a URL{_ELSEWHERE}",
    fix=("unset AWS_EC2_METADATA_SERVICE_ENDPOINT, and ec2_metadata_service_endpoint in ~/.aws/config",),
)

METADATA_OFF = ErrorKind(
    "metadata-off",
    "the instance metadata service is turned off (403)",
    _MESSAGE,
    f"the instance metadata service is turned off (it answers 403){_ELSEWHERE}",
    (
        "turn it on:",
        Command("aws ec2 modify-instance-metadata-options --instance-id ID --http-endpoint enabled"),
    ),
)
METADATA_DISABLED = ErrorKind(
    "metadata-disabled",
    "`AWS_EC2_METADATA_DISABLED` is set",
    _MESSAGE,
    f"the instance metadata service is not used, because AWS_EC2_METADATA_DISABLED is set{_ELSEWHERE}",
    ("unset AWS_EC2_METADATA_DISABLED, or provide credentials in another way",),
)
METADATA_HOP_LIMIT = ErrorKind(
    "metadata-hop-limit",
    "a container is behind an IMDS hop limit of 1",
    _MESSAGE,
    "the instance metadata service accepts connections but never answers a request for a session token: a container "
    f"sees this when the IMDS hop limit is 1{_ELSEWHERE}",
    (
        "raise the limit:",
        Command("aws ec2 modify-instance-metadata-options --instance-id ID --http-put-response-hop-limit 2"),
        "or run the container in the host's network",
    ),
    is_transient=True,
)

METADATA_REFUSED = ErrorKind(
    "metadata-refused",
    "the instance metadata service answers 401",
    _MESSAGE,
    f"the instance metadata service answered 401 {{request}}{_ELSEWHERE}",
    (
        "check the metadata options of the instance; if they are right, check which server answers there:",
        Command("aws ec2 describe-instances --instance-ids ID --query 'Reservations[].Instances[].MetadataOptions'"),
    ),
)
# The request that was refused.
TO_OWN_TOKEN, TO_TOKEN_REQUEST = "to the session token that it issued", "to the request for a session token"

METADATA_FAILED = ErrorKind(
    "metadata-failed",
    "the instance metadata service answers with another error, or once without keys",
    _MESSAGE,
    f"the instance metadata service answered {{status}}{_ELSEWHERE}",
    ("try again; if the error persists, check the metadata options of the instance, and which server answers there",),
    is_transient=True,
)
METADATA_FAILED_BAD_TOKEN = METADATA_FAILED._replace(
    why="the server at the address of the instance metadata service is not that service: it returned an invalid "
    f"session token{_ELSEWHERE}",
    fix=(_CHECK_SERVER,),
)
METADATA_FAILED_BAD_ROLE = METADATA_FAILED._replace(
    why="the server at the address of the instance metadata service is not that service: it returned an invalid role "
    f"name{_ELSEWHERE}",
    fix=(_CHECK_SERVER,),
)
METADATA_FAILED_ONCE = METADATA_FAILED._replace(
    why=f"the instance metadata service returned no keys for the role {{role}}, but returns them now{_ELSEWHERE}",
    fix=("try again",),
)

METADATA_PROXIED = ErrorKind(
    "metadata-proxied",
    "a proxy receives botocore's requests to the instance metadata service",
    _MESSAGE,
    "the instance metadata service answers, but {variable} makes botocore send its requests to a proxy instead"
    f"{_ELSEWHERE}",
    ("add {name} to NO_PROXY wherever {variable} is set",),
    is_transient=True,
)

NO_ROLE = ErrorKind(
    "no-role",
    "no role is attached to the instance",
    _MESSAGE,
    f"no role is attached to this instance: its metadata answers 404 for the role{_ELSEWHERE}",
    (
        "attach a role that has the policy AmazonEC2ContainerRegistryPullOnly:",
        Command(
            "aws ec2 associate-iam-instance-profile --instance-id {instance_id} --iam-instance-profile Name=PROFILE"
        ),
    ),
)
ROLE_UNTRUSTED = ErrorKind(
    "role-untrusted",
    "EC2 may not assume the role of the instance",
    _MESSAGE,
    f"EC2 may not assume the role {{role}} of this instance (its metadata reports {{code}}){_ELSEWHERE}",
    (
        "allow the service ec2.amazonaws.com in the trust policy of the role:",
        Command("aws iam get-role --role-name {role} --query Role.AssumeRolePolicyDocument"),
    ),
)
ROLE_WITHOUT_KEYS = ErrorKind(
    "role-without-keys",
    "the instance metadata service reports an error instead of keys for the role",
    _MESSAGE,
    f"the instance metadata service reports {{code}} for the role {{role}} of this instance{_ELSEWHERE}",
    (
        ("check that the role still exists:", Command("aws iam get-role --role-name {role}")),
        "if it was deleted and created again, attach its instance profile to the instance again",
    ),
)

ROWS = (
    *(NO_CREDENTIALS, NO_CREDENTIALS_FOREIGN_SERVICE, NO_CREDENTIALS_BAD_ENDPOINT),
    *(METADATA_OFF, METADATA_DISABLED, METADATA_HOP_LIMIT, METADATA_REFUSED),
    *(METADATA_FAILED, METADATA_FAILED_BAD_TOKEN, METADATA_FAILED_BAD_ROLE),
    *(METADATA_FAILED_ONCE, METADATA_PROXIED),
    *(NO_ROLE, ROLE_UNTRUSTED, ROLE_WITHOUT_KEYS),
)
