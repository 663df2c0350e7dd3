"""The catalogue of failures: for each id when it is told, and what mends it. docs/errors.md is made from it."""

from __future__ import annotations

from typing import NamedTuple

from credhelper.errors import TRANSIENT


class ErrorKind(NamedTuple):
    """One failure: its id, a clause that says when it is told, and one that says what to do. `stdout` is what the
    client gets, on standard output; the exit status is 1, and a person reads the sentence on standard error too, with
    the id and the steps of the fix.
    """

    id: str
    when: str
    fix: str
    stdout: str = "the sentence"

    @property
    def is_transient(self) -> bool:
        """Whether a token at hand, stale and not expired, serves in spite of it; the sentence is then a note."""
        return self.id in TRANSIENT


_METADATA = (
    ErrorKind(
        "no-credentials", "nobody gives AWS credentials here, and no metadata answers", "give some, or attach a role"
    ),
    ErrorKind("metadata-off", "the instance's metadata is turned off (403)", "turn it on, as printed"),
    ErrorKind("metadata-disabled", "`AWS_EC2_METADATA_DISABLED` is set", "unset it, or give credentials another way"),
    ErrorKind("metadata-hop-limit", "a container is behind a hop limit of 1", "raise the limit, as printed"),
    ErrorKind("metadata-refused", "metadata answers 401", "look at what answers there"),
    ErrorKind("metadata-failed", "metadata answers with another error, or without keys, once", "try again"),
    ErrorKind("metadata-proxied", "a proxy swallows botocore's questions to metadata", "`NO_PROXY`, as printed"),
    ErrorKind("no-role", "no role is attached to the instance", "attach one, as printed"),
    ErrorKind("role-untrusted", "EC2 may not assume the instance's role", "its trust policy must name EC2"),
    ErrorKind(
        "role-without-keys", "metadata gives another code than keys for the role", "look whether the role is there"
    ),
)
_ACCESS_DENIED = (
    ErrorKind(
        "policy-missing", "no policy of the role or user allows the call", "`aws iam attach-role-policy`, as printed"
    ),
    ErrorKind("denied", "AWS denies the call and does not say by which policy", "attach the policy, if it is missing"),
    ErrorKind("denied-by-policy", "a policy of the role or user denies the call", "change that policy"),
    ErrorKind(
        "denied-by-scp",
        "a service control policy denies the call, or none allows it",
        "whoever manages the organization",
    ),
    ErrorKind("denied-by-rcp", "a resource control policy denies the call", "whoever manages the organization"),
    ErrorKind("denied-by-boundary", "the permissions boundary does not allow the call", "change the boundary's policy"),
    ErrorKind(
        "denied-by-session-policy",
        "the session's policy does not allow the call",
        "whoever starts the session allows it",
    ),
    ErrorKind(
        "denied-by-endpoint-policy", "the VPC endpoint's policy does not allow the call", "change it, as printed"
    ),
    ErrorKind(
        "assume-role-denied",
        "the role for the registry may not be assumed",
        "the role's trust policy, and the caller's own",
    ),
    ErrorKind(
        "web-identity-denied", "the role may not be assumed by the web identity", "change the role's trust policy"
    ),
    ErrorKind("sso-role-denied", "the sign-in does not give the profile's role", "have the role assigned"),
)
_PROFILES = (
    ErrorKind(
        "profile-missing", "the profile is in no file; the nearest that is, is named", "name it rightly, or make it"
    ),
    ErrorKind("profile-incomplete", "the profile lacks something, which is named", "complete it"),
    ErrorKind("profile-loop", "profiles take their credentials from each other", "give one of them credentials"),
    ErrorKind("keys-incomplete", "`AWS_ACCESS_KEY_ID` is set without the secret key", "set both, or none"),
    ErrorKind("config-broken", "a file of AWS's tools is broken; the line is named", "mend the line"),
    ErrorKind("config-unreadable", "a file of AWS's tools may not be read by this user", "let this user read it"),
    ErrorKind(
        "config-invalid", "a variable of AWS's tools, or a line, has a value that botocore does not take", "mend it"
    ),
    ErrorKind(
        "mfa-required",
        "the profile's role asks for an MFA code, and a helper asks nobody",
        "start a session where one is asked",
    ),
    ErrorKind("role-arn-bad", "the ARN of the role to assume is none", "copy it again"),
    ErrorKind(
        "role-refused",
        "STS does not take what is asked for with a role",
        "look at duration, session name and external id",
    ),
)
_CREDENTIAL_SOURCES = (
    ErrorKind(
        "sso-missing", "there is no sign-in to IAM Identity Center, or a broken one", "`aws sso login`, as printed"
    ),
    ErrorKind("sso-expired", "the sign-in to IAM Identity Center has expired", "`aws sso login`, as printed"),
    ErrorKind("login-expired", "the session of `aws login` has ended, or is not there", "`aws login`, as printed"),
    ErrorKind(
        "login-unsupported", "`aws login` needs a part of botocore that is not installed", "install it, as printed"
    ),
    ErrorKind(
        "process-missing", "the `credential_process` could not be started", "name it by its path, let it be executable"
    ),
    ErrorKind("process-failed", "the `credential_process` failed; its exit status is named", "run it, and look"),
    ErrorKind("process-garbled", "the `credential_process` printed what are no credentials", "run it, and look"),
    ErrorKind("web-identity-missing", "the web identity's token cannot be read", "let the variable name a file"),
    ErrorKind("web-identity-expired", "the web identity's token has expired", "have a new one issued"),
    ErrorKind(
        "web-identity-refused",
        "STS does not know the issuer of the token, or its key",
        "make the issuer an OIDC provider of the account",
    ),
    ErrorKind(
        "container-unreachable",
        "the container's credentials service does not answer, or fails",
        "look at the node's agent",
    ),
    ErrorKind("container-refused", "the container's credentials service gives none", "give the task or pod a role"),
    ErrorKind(
        "container-misconfigured",
        "its address may not be asked, or its token not be used",
        "look at who sets the variables",
    ),
    ErrorKind(
        "credentials-unusable", "botocore could not use them, for another reason, which is quoted", "mend what it names"
    ),
)
_API_ERRORS = (
    ErrorKind("credentials-expired", "AWS refuses the credentials as expired, or they say so", "renew them"),
    ErrorKind("credentials-invalid", "AWS does not know the credentials", "renew them"),
    ErrorKind("secret-wrong", "the signature is not right: the secret key is another's", "copy it again"),
    ErrorKind("clock-skewed", "this machine's clock is wrong; by how much is said", "set the clock"),
    ErrorKind("region-disabled", "the region refuses credentials that are valid elsewhere", "enable it, as printed"),
    ErrorKind(
        "wrong-partition", "the credentials are of another partition (China, GovCloud, ...)", "use a profile of its own"
    ),
    ErrorKind("throttled", "AWS is throttling requests for tokens", "try again in a minute; look at what else asks"),
    ErrorKind("service-failed", "AWS answers with a status of 500 and more", "try again"),
    ErrorKind(
        "malformed-answer", "what answered gave nothing that could be read", "look at what answers: a proxy, a portal"
    ),
    ErrorKind("empty-answer", "ECR answered without a token", "try again"),
    ErrorKind("aws-failed", "AWS answers with another error, which is quoted", "look at what it says"),
)
_NETWORK = (
    ErrorKind(
        "no-endpoint", "the endpoint that is set is no address, or there is none", "look at `AWS_ENDPOINT_URL_ECR`"
    ),
    ErrorKind("endpoint-mismatch", "the endpoint is another region's or service's", "look at `AWS_ENDPOINT_URL_ECR`"),
    ErrorKind("unknown-region", "there is no such region; the nearest is named", "look at the image's name"),
    ErrorKind("dns-failed", "the endpoint's name is not found", "look at DNS; in a VPC, an interface endpoint"),
    ErrorKind("refused", "the endpoint refuses the connection", "look at who should listen there"),
    ErrorKind("unreachable", "no connection to the endpoint comes about", "look at route, security group, proxy"),
    ErrorKind(
        "unanswered", "the endpoint takes the question and does not answer", "try again; look at what is in between"
    ),
    ErrorKind(
        "tls-untrusted", "nobody who is trusted has signed the endpoint's certificate", "add the CA: `AWS_CA_BUNDLE`"
    ),
    ErrorKind("tls-failed", "TLS fails for another reason, which is said", "look at what answers there"),
    ErrorKind(
        "ca-bundle-missing",
        "the file of trusted certificates is not there, cannot be read, or holds none",
        "name another",
    ),
    ErrorKind("proxy-failed", "the proxy does not connect", "look at the proxy"),
)
GROUPS = {
    "An instance's metadata": _METADATA,
    "What a policy denies": _ACCESS_DENIED,
    "Profiles and keys": _PROFILES,
    "What gives credentials": _CREDENTIAL_SOURCES,
    "What AWS answers": _API_ERRORS,
    "The way to AWS": _NETWORK,
}
