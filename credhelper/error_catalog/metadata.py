"""An instance's metadata, the last place where AWS credentials are looked for: why there are none."""

from __future__ import annotations

from credhelper.error_catalog.kind import Command, ErrorKind

_NONE_FOUND = "no AWS credentials were found for {host}: "
_SEARCHED = "looked in: environment variables, ~/.aws/config, ~/.aws/credentials, container and instance metadata"
_GIVE_CREDENTIALS = "give credentials: aws configure, aws sso login, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"

NO_CREDENTIALS = ErrorKind(
    "no-credentials",
    "nobody gives AWS credentials here, and no metadata answers",
    f"{_NONE_FOUND}no instance metadata answers here, so this is no EC2 instance, or one whose metadata is blocked",
    (
        _GIVE_CREDENTIALS,
        "on EC2: attach a role to the instance, and let 169.254.169.254 through the firewall",
        _SEARCHED,
    ),
    is_transient=True,
)
NO_CREDENTIALS_FOREIGN_SERVICE = NO_CREDENTIALS._replace(
    when="what answers in the place of metadata is not EC2's",
    message=f"{_NONE_FOUND}what answers in the place of instance metadata is not EC2's, since it gives no token and "
    "knows of no role: this is another cloud's machine, or a proxy or a portal answers",
    fix=(_GIVE_CREDENTIALS, _SEARCHED),
)
NO_CREDENTIALS_BAD_ENDPOINT = NO_CREDENTIALS._replace(
    when="what is set as the address of metadata is not one",
    message=f"{_NONE_FOUND}what is set as the address of instance metadata is none",
    fix=("unset AWS_EC2_METADATA_SERVICE_ENDPOINT, and ec2_metadata_service_endpoint in ~/.aws/config", _SEARCHED),
)

METADATA_OFF = ErrorKind(
    "metadata-off",
    "the instance's metadata is turned off (403)",
    f"{_NONE_FOUND}instance metadata is turned off (it answers 403)",
    (
        (
            "turn it on:",
            Command("aws ec2 modify-instance-metadata-options --instance-id ID --http-endpoint enabled"),
        ),
        _SEARCHED,
    ),
)
METADATA_DISABLED = ErrorKind(
    "metadata-disabled",
    "`AWS_EC2_METADATA_DISABLED` is set",
    f"{_NONE_FOUND}instance metadata is not asked, since AWS_EC2_METADATA_DISABLED is set",
    ("unset AWS_EC2_METADATA_DISABLED, or give credentials another way", _SEARCHED),
)
METADATA_HOP_LIMIT = ErrorKind(
    "metadata-hop-limit",
    "a container is behind a hop limit of 1",
    f"{_NONE_FOUND}instance metadata takes no token from here: it opens the connection and never answers, as it does "
    "for a container behind a hop limit of 1",
    (
        (
            "raise the limit:",
            Command("aws ec2 modify-instance-metadata-options --instance-id ID --http-put-response-hop-limit 2"),
        ),
        "or run this container with the host's network",
        _SEARCHED,
    ),
    is_transient=True,
)

METADATA_REFUSED = ErrorKind(
    "metadata-refused",
    "metadata answers 401",
    f"{_NONE_FOUND}instance metadata answers 401 {{request}}",
    (
        "look at what answers there, if it is no EC2 instance's own; else at the instance's metadata options:",
        Command(
            "aws ec2 describe-instances --instance-ids ID --query 'Reservations[].Instances[].MetadataOptions'",
        ),
        _SEARCHED,
    ),
)
# The request that was refused.
TO_OWN_TOKEN, TO_TOKEN_REQUEST = "to its own token", "to the request for a token"

METADATA_FAILED = ErrorKind(
    "metadata-failed",
    "metadata answers with another error, or without keys, once",
    f"{_NONE_FOUND}instance metadata answers {{status}}",
    (
        "try again; if it lasts, look at the instance's metadata options, and at what else may answer there",
        _SEARCHED,
    ),
    is_transient=True,
)
METADATA_FAILED_BAD_TOKEN = METADATA_FAILED._replace(
    message=f"{_NONE_FOUND}what answers in the place of instance metadata is none: it gave a token that could not be "
    "one",
    fix=("look at what answers there, such as a proxy or a portal, and try again", _SEARCHED),
)
METADATA_FAILED_BAD_ROLE = METADATA_FAILED._replace(
    message=f"{_NONE_FOUND}the server in the place of the instance metadata service is not that service: what it "
    "returned for the role is not the name of a role",
    fix=("look at what answers there, such as a proxy or a portal, and try again", _SEARCHED),
)
METADATA_FAILED_ONCE = METADATA_FAILED._replace(
    message=f"{_NONE_FOUND}instance metadata gives keys for the role {{role}} now, and gave none a moment ago",
    fix=("try again", _SEARCHED),
)

METADATA_PROXIED = ErrorKind(
    "metadata-proxied",
    "a proxy swallows botocore's questions to metadata",
    f"{_NONE_FOUND}instance metadata answers, and {{variable}} sends botocore's questions to a proxy instead",
    ("let it be asked directly: NO_PROXY={name}, beside what is in it, wherever {variable} is set", _SEARCHED),
    is_transient=True,
)

NO_ROLE = ErrorKind(
    "no-role",
    "no role is attached to the instance",
    f"{_NONE_FOUND}no role is attached to this instance (its metadata answers 404 for the role)",
    (
        "attach one, whose policies hold AmazonEC2ContainerRegistryPullOnly:",
        Command(
            "aws ec2 associate-iam-instance-profile --instance-id {instance_id} --iam-instance-profile Name=PROFILE"
        ),
        _SEARCHED,
    ),
)
ROLE_UNTRUSTED = ErrorKind(
    "role-untrusted",
    "EC2 may not assume the instance's role",
    f"{_NONE_FOUND}instance metadata names the role {{role}} and gives {{code}} for it: EC2 may not assume it",
    (
        "let EC2 assume the role: its trust policy must name the service ec2.amazonaws.com",
        Command("aws iam get-role --role-name {role} --query Role.AssumeRolePolicyDocument"),
        _SEARCHED,
    ),
)
ROLE_WITHOUT_KEYS = ErrorKind(
    "role-without-keys",
    "metadata gives another code than keys for the role",
    f"{_NONE_FOUND}instance metadata names the role {{role}} and gives {{code}} for it",
    (
        ("look whether there still is a role of that name:", Command("aws iam get-role --role-name {role}")),
        "and attach its instance profile to the instance again, if it was made anew",
        _SEARCHED,
    ),
)

ROWS = (
    *(NO_CREDENTIALS, NO_CREDENTIALS_FOREIGN_SERVICE, NO_CREDENTIALS_BAD_ENDPOINT),
    *(METADATA_OFF, METADATA_DISABLED, METADATA_HOP_LIMIT, METADATA_REFUSED),
    *(METADATA_FAILED, METADATA_FAILED_BAD_TOKEN, METADATA_FAILED_BAD_ROLE),
    *(METADATA_FAILED_ONCE, METADATA_PROXIED),
    *(NO_ROLE, ROLE_UNTRUSTED, ROLE_WITHOUT_KEYS),
)
