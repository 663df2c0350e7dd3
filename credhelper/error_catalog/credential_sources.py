"""Credential sources that fail: a sign-in, a credential_process, a web identity, a container service."""

from __future__ import annotations

from credhelper.error_catalog.kind import Command, ErrorKind

_SSO_LOGIN_SESSION = Command("aws sso login --sso-session {sso_session}")
_SSO_LOGIN_PROFILE = Command("aws sso login --profile {profile}")
# Code fills in one of the two fields; the step with the empty one is left out.
_SIGN_IN = (("sign in:", _SSO_LOGIN_SESSION), ("sign in:", _SSO_LOGIN_PROFILE))

SSO_MISSING = ErrorKind(
    "sso-missing",
    "there is no sign-in to IAM Identity Center, or its file is damaged",
    "not signed in to IAM Identity Center",
    "{reason}",
    _SIGN_IN,
)
NO_SIGN_IN, BROKEN_SIGN_IN = "there is no sign-in in ~/.aws/sso/cache", "the sign-in in ~/.aws/sso/cache is damaged"
SSO_EXPIRED = ErrorKind(
    "sso-expired",
    "the sign-in to IAM Identity Center has expired",
    "the sign-in to IAM Identity Center has expired",
    "",
    _SIGN_IN,
)

LOGIN_EXPIRED = ErrorKind(
    "login-expired",
    "the session of `aws login` has expired, or there is none",
    "no valid session of aws login",
    "{reason}",
    (("sign in:", Command("aws login --profile {profile}")),),
)
BROKEN_SESSION = "its file is damaged"  # a reason
LOGIN_UNSUPPORTED = ErrorKind(
    "login-unsupported",
    "`aws login` needs a part of botocore that is not installed",
    "cannot use the session of aws login",
    "the part of botocore that it needs is not installed (botocore[crt])",
    (
        ("install it:", Command('{python} -m pip install "botocore[crt]"')),
        (
            "or have the AWS CLI provide the credentials; add this line to the profile:",
            Command("credential_process = aws configure export-credentials --profile NAME"),
        ),
    ),
)

PROCESS_MISSING = ErrorKind(
    "process-missing",
    "the `credential_process` cannot be started",
    "cannot start the credential_process {program}",
    "{reason}",
    (
        "use its absolute path in ~/.aws/config, since Docker runs helpers with another PATH",
        ("and make it executable:", Command("ls -l {program}")),
    ),
)
NO_PROGRAM, NO_COMMAND_LINE = "(empty)", "it is not a valid command line"  # a program, and a reason
PROCESS_FAILED = ErrorKind(
    "process-failed",
    "the `credential_process` failed; its exit status is reported",
    "the credential_process {program} failed",
    "it {outcome}",
    ("run it in a shell to see its error message, or set CREDHELPER_DEBUG=1 to see it here (it may contain secrets)",),
)
ENDED_BY_SIGNAL, ENDED_WITH_STATUS = "was ended by {signal}", "exited with status {status}"  # outcomes
PROCESS_GARBLED = ErrorKind(
    "process-garbled",
    "the `credential_process` did not print valid credentials",
    "the credential_process {program} did not print valid credentials",
    "",
    (
        (
            "it must print one JSON object with Version (1), AccessKeyId, SecretAccessKey and, for temporary "
            "credentials, SessionToken and Expiration"
        ),
        ("run it in a shell to see its output:", Command("{program} ...")),
    ),
)

_MOUNT = "on EKS, check serviceAccountName of the pod and the role-arn annotation of the service account"
WEB_IDENTITY_MISSING = ErrorKind(
    "web-identity-missing",
    "the token of the web identity cannot be read",
    "cannot read the web identity token",
    "{path}: {reason}",
    (
        "set AWS_WEB_IDENTITY_TOKEN_FILE, or web_identity_token_file of the profile, to an existing file",
        _MOUNT,
    ),
)
NO_TOKEN = "it contains no token"  # noqa: S105  (a reason)
WEB_IDENTITY_EXPIRED = ErrorKind(
    "web-identity-expired",
    "the token of the web identity has expired",
    "the web identity token has expired",
    "{path}: {reason}",
    ("have its issuer write a new token to the file", _MOUNT),
)
WEB_IDENTITY_REFUSED = ErrorKind(
    "web-identity-refused",
    "STS does not recognize the issuer of the token, or its key",
    "STS rejected the web identity token",
    "{path}: {reason}",
    (
        "register the issuer of the token as an OIDC provider in the account of the role; this lists the providers:",
        Command("aws iam list-open-id-connect-providers"),
    ),
)

_CONTAINER = "the container's credential service {outcome}"
CONTAINER_UNREACHABLE = ErrorKind(
    "container-unreachable",
    "the credential service of the container does not respond, or fails",
    _CONTAINER,
    "{service}",
    (
        "on EKS, check the Pod Identity agent of this node:",
        Command("kubectl get daemonset eks-pod-identity-agent --namespace kube-system"),
        "on ECS, make sure that the container can reach {service}",
    ),
    is_transient=True,
)
CONTAINER_REFUSED = ErrorKind(
    "container-refused",
    "the credential service of the container returns no credentials",
    _CONTAINER,
    "{service}",
    (
        "on EKS, associate this service account with a role:",
        Command("aws eks list-pod-identity-associations --cluster-name CLUSTER"),
        "on ECS, set taskRoleArn in the task definition",
    ),
)
ANSWERS_STATUS, UNREACHABLE, GARBLED = "answered {status}", "cannot be reached", "did not return valid credentials"
UNREACHABLE_BY_TLS = "cannot be reached through TLS"
CONTAINER_MISCONFIGURED = ErrorKind(
    "container-misconfigured",
    "the address of the container's credential service or its token may not be used",
    "cannot request the container's credentials",
    "{reason}",
    (
        (
            "check what sets AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, AWS_CONTAINER_CREDENTIALS_FULL_URI, "
            "AWS_CONTAINER_AUTHORIZATION_TOKEN and AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
        ),
        "a token that is written by hand must not end with a newline: use printf %s",
    ),
)
# Reasons for it.
TOKEN_UNREADABLE = "cannot read the authorization token from {location}: {error}"  # noqa: S105
TOKEN_BAD = "the authorization token in {location} has more than one line"  # noqa: S105
ADDRESS_UNSAFE = "{service} is not an address from which credentials may be requested without TLS"

CREDENTIALS_UNUSABLE = ErrorKind(
    "credentials-unusable",
    "botocore cannot use the credentials for another reason, which is quoted",
    "cannot read the AWS credentials",
    "source {provider}: {reason}",
    ("correct what is reported; this fails with the same error:", Command("aws sts get-caller-identity")),
)
CREDENTIALS_MISTYPED = CREDENTIALS_UNUSABLE._replace(
    when="a key contains a character that no key contains",
    message="invalid AWS credentials",
    why="source {provider}: the {part} contains a newline or a non-ASCII character",
    fix=("copy the {part} again, without the characters around it",),
)

ROWS = (
    *(SSO_MISSING, SSO_EXPIRED, LOGIN_EXPIRED, LOGIN_UNSUPPORTED),
    *(PROCESS_MISSING, PROCESS_FAILED, PROCESS_GARBLED),
    *(WEB_IDENTITY_MISSING, WEB_IDENTITY_EXPIRED, WEB_IDENTITY_REFUSED),
    *(CONTAINER_UNREACHABLE, CONTAINER_REFUSED, CONTAINER_MISCONFIGURED, CREDENTIALS_UNUSABLE, CREDENTIALS_MISTYPED),
)
