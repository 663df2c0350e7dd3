"""The catalogue of failures: for each id when it is told, and what mends it. docs/errors.md is made from it."""

from __future__ import annotations

from typing import NamedTuple

from credhelper.errors import NO_SERVER, TRANSIENT


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
    ErrorKind(
        "timed-out", "the run's time was over; the step that hung is named", "mend what hung; `CREDHELPER_TIMEOUT`"
    ),
)
_SETTINGS = (
    ErrorKind("settings-missing", "`CREDHELPER_CONFIG` names a file that is not there", "name another, or unset it"),
    ErrorKind("settings-unreadable", "the settings are no file, or cannot be read", "change its mode or its owner"),
    ErrorKind("settings-untrusted", "somebody else could have written the settings", "change its mode or its owner"),
    ErrorKind("settings-broken", "the settings are not TOML; the line is named", "mend the line"),
    ErrorKind("settings-unknown-key", "a setting is unknown; the nearest that is known is named", "name it rightly"),
    ErrorKind("settings-bad-value", "a setting has a value that cannot be followed", "mend the line"),
    ErrorKind("settings-bad-alias", "an alias is no name that may stand for a registry", "mend the line"),
    ErrorKind("settings-contradictory", "two settings exclude each other", "take one out"),
)
_LOGINS = (
    ErrorKind(
        "keyring-missing", "the keyring that is named, or holds the login, cannot be had here", "start or name one"
    ),
    ErrorKind("keyring-locked", "the keyring is locked, and only a person could unlock it", "unlock it, as printed"),
    ErrorKind(
        "keyring-failed", "the keyring raised an error, or did not keep what it was given", "look at what it says"
    ),
    ErrorKind(
        "login-uncertain", "the time was over while a login was changed in the keyring", "`get` tells; do it again"
    ),
    ErrorKind("login-unkept", "the folder of the logins cannot be written", "look at the folder"),
    ErrorKind(
        "logins-unreadable", "the list of logins is another's, or broken", "look at whose it is, or move it away"
    ),
    ErrorKind("delegate-missing", "the helper that the settings name is not on `PATH`", "install it, or take it out"),
    ErrorKind("delegate-failed", "that helper could not be run, or was killed", "run it by hand, as printed"),
    ErrorKind("delegate-loop", "that helper asks this one again", "name another one"),
)
_DOCKER = (
    ErrorKind(
        "docker-config-unreadable", "Docker's config.json is no file, or cannot be read", "name another: `--config`"
    ),
    ErrorKind("docker-config-broken", "it is no JSON that Docker can read; the place is named", "mend the place"),
    ErrorKind("docker-config-changed", "somebody else changed it while it was edited", "do it again"),
    ErrorKind("docker-config-unwritable", "it, or its folder, cannot be written", "look at its folder"),
    ErrorKind(
        "login-differs", "`import` reads back another login than the file's", "do it again; the file is as it was"
    ),
)
_CLIENT = (
    ErrorKind("no-server", "the client sent nothing", "send the registry's host", f"`{NO_SERVER}`"),
    ErrorKind("bad-server", "what the client sent is no registry's host; the sentence says why", "send a host"),
    ErrorKind(
        "path-relative",
        "a variable, or a profile, names a relative path that this run would read",
        "use the absolute path, as printed",
    ),
    ErrorKind("bad-login", "what the client sent to `store` is no login", "send what `docker login` sends"),
    ErrorKind("erase-failed", "a token's file could not be removed", "remove it; the folder is in the message"),
    ErrorKind(
        "no-region", "`get-login` is to guess the region, and nobody names one", "`--region us-east-1`", "nothing"
    ),
    ErrorKind("not-ecr", "Python asks for a registry that is not ECR's", "ask for one that is", "an exception"),
    ErrorKind(
        "public-anonymous", "Python asks for ECR Public, which gives no token", "pull without one", "an exception"
    ),
    ErrorKind("internal", "a fault of the program itself", "report it, with what `CREDHELPER_DEBUG=1` prints"),
)

GROUPS = {
    "An instance's metadata": _METADATA,
    "What a policy denies": _ACCESS_DENIED,
    "Profiles and keys": _PROFILES,
    "What gives credentials": _CREDENTIAL_SOURCES,
    "What AWS answers": _API_ERRORS,
    "The way to AWS": _NETWORK,
    "Settings": _SETTINGS,
    "Logins of other registries": _LOGINS,
    "Docker's configuration": _DOCKER,
    "The client, and the program itself": _CLIENT,
}

ERROR_KINDS = tuple(kind for kinds in GROUPS.values() for kind in kinds)
