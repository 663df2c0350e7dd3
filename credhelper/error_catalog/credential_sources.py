"""What gives credentials, and does not: a sign-in, a program, a web identity, a container's service."""

from __future__ import annotations

from credhelper.error_catalog.kind import Command, ErrorKind

_SSO_LOGIN_SESSION = Command("aws sso login --sso-session {sso_session}")
_SSO_LOGIN_PROFILE = Command("aws sso login --profile {profile}")

# Of the two steps of these, the one is left out whose field is empty.
SSO_MISSING = ErrorKind(
    "sso-missing",
    "there is no sign-in to IAM Identity Center, or a broken one",
    "IAM Identity Center gives no credentials for {host}: {reason}",
    (("sign in:", _SSO_LOGIN_SESSION), ("sign in:", _SSO_LOGIN_PROFILE)),
)
NO_SIGN_IN, BROKEN_SIGN_IN = "there is no sign-in", "what ~/.aws/sso/cache keeps of the sign-in is broken"
SSO_EXPIRED = ErrorKind(
    "sso-expired",
    "the sign-in to IAM Identity Center has expired",
    "the sign-in to IAM Identity Center for {host} has expired",
    (("sign in again:", _SSO_LOGIN_SESSION), ("sign in again:", _SSO_LOGIN_PROFILE)),
)

LOGIN_EXPIRED = ErrorKind(
    "login-expired",
    "the session of `aws login` has ended, or is not there",
    "the session of aws login for {host} gives no credentials: {reason}",
    (("sign in:", Command("aws login --profile {profile}")),),
)
BROKEN_SESSION = "what is kept of it is broken"  # a reason
LOGIN_UNSUPPORTED = ErrorKind(
    "login-unsupported",
    "`aws login` needs a part of botocore that is not installed",
    "the profile for {host} is one of aws login, and a part of botocore that it needs is not installed",
    (
        ("install it:", Command('{python} -m pip install "botocore[crt]"')),
        "or let the AWS CLI give the keys: credential_process = aws configure export-credentials --profile NAME",
    ),
)

PROCESS_MISSING = ErrorKind(
    "process-missing",
    "the `credential_process` could not be started",
    "{program}, the credential_process for {host}, could not be started: {reason}",
    (
        "name it by its whole path in ~/.aws/config; Docker runs helpers with a PATH of its own",
        ("and let it be executable:", Command("ls -l {program}")),
    ),
)
NO_PROGRAM, NO_COMMAND_LINE = "nothing", "it is no command line"  # a program, and a reason
PROCESS_FAILED = ErrorKind(
    "process-failed",
    "the `credential_process` failed; its exit status is named",
    "{program}, the credential_process for {host}, {outcome}",
    ("run it where you can see what it says (CREDHELPER_DEBUG=1 shows it here; it may hold secrets), and mend that",),
)
ENDED_BY_SIGNAL, ENDED_WITH_STATUS = "was ended by {signal}", "ended with status {status}"  # outcomes
PROCESS_GARBLED = ErrorKind(
    "process-garbled",
    "the `credential_process` printed what are no credentials",
    "{program}, the credential_process for {host}, printed what are no credentials",
    (
        "it is to print one JSON object: Version (1), AccessKeyId, SecretAccessKey, SessionToken, Expiration",
        ("run it, and look:", Command("{program} ...")),
    ),
)

_MOUNT = "look at what mounts it: on EKS, the serviceAccountName of the pod, and its role-arn annotation"
WEB_IDENTITY_MISSING = ErrorKind(
    "web-identity-missing",
    "the web identity's token cannot be read",
    "the web identity's token for {host} could not be read from {path}: {reason}",
    (
        "let AWS_WEB_IDENTITY_TOKEN_FILE, or web_identity_token_file of the profile, name a file that there is",
        _MOUNT,
    ),
)
NO_TOKEN = "it holds no token"  # noqa: S105  (a reason)
WEB_IDENTITY_EXPIRED = ErrorKind(
    "web-identity-expired",
    "the web identity's token has expired",
    "the web identity's token in {path} has expired, so {host} got no token: {reason}",
    (f"let what issues it write a new one; {_MOUNT}",),
)
WEB_IDENTITY_REFUSED = ErrorKind(
    "web-identity-refused",
    "STS does not know the issuer of the token, or its key",
    "STS does not take the web identity's token in {path} for {host}: {reason}",
    (
        "let the role's account have the issuer of the token as its OIDC provider",
        Command("aws iam list-open-id-connect-providers"),
    ),
)

_CONTAINER = "{service}, which gives this container its credentials for {host}, {outcome}"
CONTAINER_UNREACHABLE = ErrorKind(
    "container-unreachable",
    "the container's credentials service does not answer, or fails",
    _CONTAINER,
    (
        "on EKS: look at the Pod Identity agent of this node",
        Command("kubectl get daemonset eks-pod-identity-agent --namespace kube-system"),
        "on ECS: let the container reach {service}",
    ),
    is_transient=True,
)
CONTAINER_REFUSED = ErrorKind(
    "container-refused",
    "the container's credentials service gives none",
    _CONTAINER,
    (
        "on EKS: let a pod identity association give this service account a role",
        Command("aws eks list-pod-identity-associations --cluster-name CLUSTER"),
        "on ECS: let the task have a taskRoleArn",
    ),
)
ANSWERS_STATUS, UNREACHABLE, GARBLED = "answers {status}", "cannot be reached", "answers with what are no credentials"
UNREACHABLE_BY_TLS = "cannot be reached by TLS"
CONTAINER_MISCONFIGURED = ErrorKind(
    "container-misconfigured",
    "its address may not be asked, or its token not be used",
    "the container's credentials for {host} cannot be asked for: {reason}",
    (
        (
            "look at who sets AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, AWS_CONTAINER_CREDENTIALS_FULL_URI, "
            "AWS_CONTAINER_AUTHORIZATION_TOKEN and AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
        ),
        "a token that is written by hand ends without a newline: printf %s",
    ),
)
# Reasons for it.
TOKEN_UNREADABLE = "the token for it cannot be read from {location}: {error}"  # noqa: S105
TOKEN_BAD = "the token for it, in {location}, has more than one line"  # noqa: S105
ADDRESS_UNSAFE = "{service} is no address that credentials may be asked of without TLS"

CREDENTIALS_UNUSABLE = ErrorKind(
    "credentials-unusable",
    "botocore could not use them, for another reason, which is quoted",
    "the AWS credentials for {host} could not be read ({provider}): {reason}",
    ("mend what it names; `aws sts get-caller-identity` meets the same error",),
)
CREDENTIALS_MISTYPED = CREDENTIALS_UNUSABLE._replace(
    when="the keys hold what no key does",
    message="the AWS credentials for {host} ({provider}) are none: in the {part} is what none of them holds, such as a "
    "line's end or a letter that is not ASCII",
    fix=("copy it again, and nothing that is around it",),
)

ROWS = (
    *(SSO_MISSING, SSO_EXPIRED, LOGIN_EXPIRED, LOGIN_UNSUPPORTED),
    *(PROCESS_MISSING, PROCESS_FAILED, PROCESS_GARBLED),
    *(WEB_IDENTITY_MISSING, WEB_IDENTITY_EXPIRED, WEB_IDENTITY_REFUSED),
    *(CONTAINER_UNREACHABLE, CONTAINER_REFUSED, CONTAINER_MISCONFIGURED, CREDENTIALS_UNUSABLE, CREDENTIALS_MISTYPED),
)
