"""The catalogue of failures: for each id when it is told, and what mends it. docs/errors.md is made from it."""

from __future__ import annotations

from typing import NamedTuple

from credhelper.errors import NO_SERVER, OUTAGES


class Row(NamedTuple):
    """One failure: its id, a clause that says when it is told, and one that says what to do. `answer` is what the
    client gets, on standard output; the exit status is 1, and a person reads the sentence on standard error too, with
    the id and the steps of the fix.
    """

    id: str
    when: str
    fix: str
    answer: str = "the sentence"

    @property
    def is_bridged(self) -> bool:
        """Whether a token at hand, stale and not expired, serves in spite of it; the sentence is then a note."""
        return self.id in OUTAGES


_METADATA = (
    Row("no-credentials", "nobody gives AWS credentials here, and no metadata answers", "give some, or attach a role"),
    Row("metadata-off", "the instance's metadata is turned off (403)", "turn it on, as printed"),
    Row("metadata-disabled", "`AWS_EC2_METADATA_DISABLED` is set", "unset it, or give credentials another way"),
    Row("metadata-hop-limit", "a container is behind a hop limit of 1", "raise the limit, as printed"),
    Row("metadata-refused", "metadata answers 401", "look at what answers there"),
    Row("metadata-failed", "metadata answers with another error, or without keys, once", "try again"),
    Row("metadata-proxied", "a proxy swallows botocore's questions to metadata", "`NO_PROXY`, as printed"),
    Row("no-role", "no role is attached to the instance", "attach one, as printed"),
    Row("role-untrusted", "EC2 may not assume the instance's role", "its trust policy must name EC2"),
    Row("role-without-keys", "metadata gives another code than keys for the role", "look whether the role is there"),
)
_DENIED = (
    Row("policy-missing", "no policy of the role or user allows the call", "`aws iam attach-role-policy`, as printed"),
    Row("denied", "AWS denies the call and does not say by which policy", "attach the policy, if it is missing"),
    Row("denied-by-policy", "a policy of the role or user denies the call", "change that policy"),
    Row(
        "denied-by-scp",
        "a service control policy denies the call, or none allows it",
        "whoever manages the organization",
    ),
    Row("denied-by-rcp", "a resource control policy denies the call", "whoever manages the organization"),
    Row("denied-by-boundary", "the permissions boundary does not allow the call", "change the boundary's policy"),
    Row(
        "denied-by-session-policy",
        "the session's policy does not allow the call",
        "whoever starts the session allows it",
    ),
    Row("denied-by-endpoint-policy", "the VPC endpoint's policy does not allow the call", "change it, as printed"),
    Row(
        "assume-role-denied",
        "the role for the registry may not be assumed",
        "the role's trust policy, and the caller's own",
    ),
    Row("web-identity-denied", "the role may not be assumed by the web identity", "change the role's trust policy"),
    Row("sso-role-denied", "the sign-in does not give the profile's role", "have the role assigned"),
)
_PROFILES = (
    Row("profile-missing", "the profile is in no file; the nearest that is, is named", "name it rightly, or make it"),
    Row("profile-incomplete", "the profile lacks something, which is named", "complete it"),
    Row("profile-loop", "profiles take their credentials from each other", "give one of them credentials"),
    Row("keys-incomplete", "`AWS_ACCESS_KEY_ID` is set without the secret key", "set both, or none"),
    Row("config-broken", "a file of AWS's tools is broken; the line is named", "mend the line"),
    Row("config-unreadable", "a file of AWS's tools may not be read by this user", "let this user read it"),
    Row("config-invalid", "a variable of AWS's tools, or a line, has a value that botocore does not take", "mend it"),
    Row(
        "mfa-required",
        "the profile's role asks for an MFA code, and a helper asks nobody",
        "start a session where one is asked",
    ),
    Row("role-arn-bad", "the ARN of the role to assume is none", "copy it again"),
    Row(
        "role-refused",
        "STS does not take what is asked for with a role",
        "look at duration, session name and external id",
    ),
)
_SOURCES = (
    Row("sso-missing", "there is no sign-in to IAM Identity Center, or a broken one", "`aws sso login`, as printed"),
    Row("sso-expired", "the sign-in to IAM Identity Center has expired", "`aws sso login`, as printed"),
    Row("login-expired", "the session of `aws login` has ended, or is not there", "`aws login`, as printed"),
    Row("login-unsupported", "`aws login` needs a part of botocore that is not installed", "install it, as printed"),
    Row(
        "process-missing", "the `credential_process` could not be started", "name it by its path, let it be executable"
    ),
    Row("process-failed", "the `credential_process` failed; its exit status is named", "run it, and look"),
    Row("process-garbled", "the `credential_process` printed what are no credentials", "run it, and look"),
    Row("web-identity-missing", "the web identity's token cannot be read", "let the variable name a file"),
    Row("web-identity-expired", "the web identity's token has expired", "have a new one issued"),
    Row(
        "web-identity-refused",
        "STS does not know the issuer of the token, or its key",
        "make the issuer an OIDC provider of the account",
    ),
    Row(
        "container-unreachable",
        "the container's credentials service does not answer, or fails",
        "look at the node's agent",
    ),
    Row("container-refused", "the container's credentials service gives none", "give the task or pod a role"),
    Row(
        "container-misconfigured",
        "its address may not be asked, or its token not be used",
        "look at who sets the variables",
    ),
    Row(
        "credentials-unusable", "botocore could not use them, for another reason, which is quoted", "mend what it names"
    ),
)
_REFUSED = (
    Row("credentials-expired", "AWS refuses the credentials as expired, or they say so", "renew them"),
    Row("credentials-invalid", "AWS does not know the credentials", "renew them"),
    Row("secret-wrong", "the signature is not right: the secret key is another's", "copy it again"),
    Row("clock-skewed", "this machine's clock is wrong; by how much is said", "set the clock"),
    Row("region-disabled", "the region refuses credentials that are valid elsewhere", "enable it, as printed"),
    Row(
        "wrong-partition", "the credentials are of another partition (China, GovCloud, ...)", "use a profile of its own"
    ),
    Row("throttled", "AWS is throttling requests for tokens", "try again in a minute; look at what else asks"),
    Row("service-failed", "AWS answers with a status of 500 and more", "try again"),
    Row("malformed-answer", "what answered gave nothing that could be read", "look at what answers: a proxy, a portal"),
    Row("empty-answer", "ECR answered without a token", "try again"),
    Row("aws-failed", "AWS answers with another error, which is quoted", "look at what it says"),
)
_UNREACHED = (
    Row("no-endpoint", "the endpoint that is set is no address, or there is none", "look at `AWS_ENDPOINT_URL_ECR`"),
    Row("endpoint-mismatch", "the endpoint is another region's or service's", "look at `AWS_ENDPOINT_URL_ECR`"),
    Row("unknown-region", "there is no such region; the nearest is named", "look at the image's name"),
    Row("dns-failed", "the endpoint's name is not found", "look at DNS; in a VPC, an interface endpoint"),
    Row("refused", "the endpoint refuses the connection", "look at who should listen there"),
    Row("unreachable", "no connection to the endpoint comes about", "look at route, security group, proxy"),
    Row("unanswered", "the endpoint takes the question and does not answer", "try again; look at what is in between"),
    Row("tls-untrusted", "nobody who is trusted has signed the endpoint's certificate", "add the CA: `AWS_CA_BUNDLE`"),
    Row("tls-failed", "TLS fails for another reason, which is said", "look at what answers there"),
    Row(
        "ca-bundle-missing",
        "the file of trusted certificates is not there, cannot be read, or holds none",
        "name another",
    ),
    Row("proxy-failed", "the proxy does not connect", "look at the proxy"),
    Row("timed-out", "the run's time was over; the step that hung is named", "mend what hung; `CREDHELPER_TIMEOUT`"),
)
_SETTINGS = (
    Row("settings-missing", "`CREDHELPER_CONFIG` names a file that is not there", "name another, or unset it"),
    Row("settings-unreadable", "the settings are no file, or cannot be read", "change its mode or its owner"),
    Row("settings-untrusted", "somebody else could have written the settings", "change its mode or its owner"),
    Row("settings-broken", "the settings are not TOML; the line is named", "mend the line"),
    Row("settings-unknown-key", "a setting is unknown; the nearest that is known is named", "name it rightly"),
    Row("settings-bad-value", "a setting has a value that cannot be followed", "mend the line"),
    Row("settings-bad-alias", "an alias is no name that may stand for a registry", "mend the line"),
    Row("settings-contradictory", "two settings exclude each other", "take one out"),
)
_LOGINS = (
    Row("keyring-missing", "the keyring that is named, or holds the login, cannot be had here", "start or name one"),
    Row("keyring-locked", "the keyring is locked, and only a person could unlock it", "unlock it, as printed"),
    Row("keyring-failed", "the keyring raised an error, or did not keep what it was given", "look at what it says"),
    Row("login-uncertain", "the time was over while a login was changed in the keyring", "`get` tells; do it again"),
    Row("login-unkept", "the folder of the logins cannot be written", "look at the folder"),
    Row("logins-unreadable", "the list of logins is another's, or broken", "look at whose it is, or move it away"),
    Row("delegate-missing", "the helper that the settings name is not on `PATH`", "install it, or take it out"),
    Row("delegate-failed", "that helper could not be run, or was killed", "run it by hand, as printed"),
    Row("delegate-loop", "that helper asks this one again", "name another one"),
)
_DOCKER = (
    Row("docker-config-unreadable", "Docker's config.json is no file, or cannot be read", "name another: `--config`"),
    Row("docker-config-broken", "it is no JSON that Docker can read; the place is named", "mend the place"),
    Row("docker-config-changed", "somebody else changed it while it was edited", "do it again"),
    Row("docker-config-unwritable", "it, or its folder, cannot be written", "look at its folder"),
    Row("login-differs", "`import` reads back another login than the file's", "do it again; the file is as it was"),
)
_CLIENT = (
    Row("no-server", "the client sent nothing", "send the registry's host", f"`{NO_SERVER}`"),
    Row("bad-server", "what the client sent is no registry's host; the sentence says why", "send a host"),
    Row(
        "path-relative",
        "a variable, or a profile, names a relative path that this run would read",
        "use the absolute path, as printed",
    ),
    Row("bad-login", "what the client sent to `store` is no login", "send what `docker login` sends"),
    Row("erase-failed", "a token's file could not be removed", "remove it; the folder is in the message"),
    Row("no-region", "`get-login` is to guess the region, and nobody names one", "`--region us-east-1`", "nothing"),
    Row("not-ecr", "Python asks for a registry that is not ECR's", "ask for one that is", "an exception"),
    Row("public-anonymous", "Python asks for ECR Public, which gives no token", "pull without one", "an exception"),
    Row("internal", "a fault of the program itself", "report it, with what `CREDHELPER_DEBUG=1` prints"),
)

GROUPS = {
    "An instance's metadata": _METADATA,
    "What a policy denies": _DENIED,
    "Profiles and keys": _PROFILES,
    "What gives credentials": _SOURCES,
    "What AWS answers": _REFUSED,
    "The way to AWS": _UNREACHED,
    "Settings": _SETTINGS,
    "Logins of other registries": _LOGINS,
    "Docker's configuration": _DOCKER,
    "The client, and the program itself": _CLIENT,
}

ROWS = tuple(row for rows in GROUPS.values() for row in rows)
