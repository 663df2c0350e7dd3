"""botocore's exceptions -> one HelperError: what happened, and what to do about it.

What AWS says is quoted where it says more than we know; no message is guessed from another's text but the one sentence
by which AWS names who was denied what.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from botocore import exceptions as boto

from credhelper.errors import HelperError

if TYPE_CHECKING:
    from credhelper.aws.metadata import Cause
    from credhelper.target import Target

LOOKED_IN = "environment variables, ~/.aws/config, ~/.aws/credentials, container and instance metadata"

# Where AWS documents a FIPS endpoint of ECR (AWS page "Amazon ECR endpoints and quotas"); botocore names one for
# every region.
FIPS_REGIONS = frozenset(("us-east-1", "us-east-2", "us-west-1", "us-west-2", "us-gov-east-1", "us-gov-west-1"))

_DENIED = frozenset(("AccessDeniedException", "AccessDenied"))
_THROTTLED = frozenset(("ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"))
_INVALID = frozenset(
    (
        *("ExpiredTokenException", "ExpiredToken", "RequestExpired", "InvalidSignatureException"),
        *("UnrecognizedClientException", "InvalidClientTokenId", "SignatureDoesNotMatch"),
        *("IncompleteSignature", "MissingAuthenticationToken", "InvalidToken"),
    )
)
_UNREACHED = (boto.HTTPClientError, boto.ConnectionError)
_LOST_CREDENTIALS = (
    *(boto.CredentialRetrievalError, boto.PartialCredentialsError, boto.SSOError, boto.TokenRetrievalError),
    *(boto.MetadataRetrievalError, boto.InvalidConfigError, boto.ProfileNotFound, boto.ConfigParseError),
    *(OSError, ValueError, EOFError),
)
_SERVER_ERROR = 500


def explain(error: Exception, target: Target, seconds: float) -> HelperError:
    """Give the HelperError for what botocore raised after `seconds` of an exchange for `target`."""
    if isinstance(error, boto.NoCredentialsError):
        return no_credentials(target, None)
    if isinstance(error, boto.ClientError):
        return _refused(error, target)
    if isinstance(error, _UNREACHED):
        return _unreachable(error, target, seconds)
    if isinstance(error, _LOST_CREDENTIALS):
        return _unusable(error, target)
    return HelperError("aws-failed", f"no token for {target.host}: {_line(error)}", "try again")


def no_endpoint(error: Exception, target: Target) -> HelperError:
    """Give the HelperError for a registry whose endpoint botocore cannot tell, or that was set to no address."""
    return HelperError(
        "no-endpoint",
        f"there is no endpoint to ask for the token of {target.host}: {_line(error)}",
        "look at AWS_ENDPOINT_URL_ECR, AWS_ENDPOINT_URL and the `services` section of ~/.aws/config",
    )


def mfa_required(target: Target) -> HelperError:
    """Give the HelperError for a profile whose role is assumed with a code that a person would have to type."""
    return HelperError(
        "mfa-required",
        f"the profile for {target.host} has an mfa_serial, and nobody can be asked for an MFA code here",
        "start a session where you can type the code, and let the client have its keys in the environment,\n"
        "or pull with a profile whose role asks for no code",
    )


def wrong_partition(target: Target, theirs: str) -> HelperError:
    """Give the HelperError for a role that is in another partition of AWS than the registry."""
    return HelperError(
        "wrong-partition",
        f"{target.host} is in AWS's partition {target.registry.partition}, and the role to assume in {theirs}"
        f"{target.access.said('role_arn')}",
        "no credentials are good in two partitions: name a role of the registry's own",
    )


def profile_incomplete(target: Target) -> HelperError:
    """Give the HelperError for a profile of a rule that has no credentials. Going on to another identity, as AWS's
    tools do, would be a token of somebody who was not asked for.
    """
    access = target.access
    field = "profile" if access.profile else "source_profile"
    return HelperError(
        "profile-incomplete",
        f"the profile {ascii(access.starts_from)[1:-1]} for {target.host} has no credentials{access.said(field)}",
        f"give it some: aws configure --profile {access.starts_from}, or role_arn with credential_source\n"
        "no other identity is taken instead of one that a rule names",
    )


def no_credentials(target: Target, cause: Cause | None) -> HelperError:
    """Give the HelperError for a chain that ended without credentials, at the instance's metadata, for `cause`."""
    clause, fix, outage = cause or ("nobody gives any here", "give some: aws configure, or aws sso login", False)
    return HelperError(
        "no-credentials",
        f"no AWS credentials were found for {target.host}: {clause}",
        f"{fix}\nlooked in: {LOOKED_IN}",
        outage=outage,
    )


def _unusable(error: Exception, target: Target) -> HelperError:
    why = _line(error)
    if getattr(error, "kwargs", {}).get("provider") == "custom-process":
        why = "the credential_process of the profile failed"  # botocore quotes what it printed, which may be secret
    return HelperError(
        "credentials-unusable",
        f"the AWS credentials for {target.host} could not be read: {why}",
        "mend what it names; `aws sts get-caller-identity` meets the same error",
        outage=_met_no_answer(error),
    )


def _met_no_answer(error: BaseException | None) -> bool:
    """Whether what botocore wrapped, if it did, was that something could not be reached."""
    while error is not None and not isinstance(error, _UNREACHED):
        error = error.__context__
    return error is not None


def _refused(error: boto.ClientError, target: Target) -> HelperError:
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _DENIED and error.operation_name == "GetAuthorizationToken":
        return _denied(error, target)
    if code in _THROTTLED or status == 429:
        return HelperError(
            "throttled",
            f"AWS is throttling the requests for tokens of {target.registry.region}, so {target.host} got none",
            "try again in a minute; the limit is the account's, for each region, so look at what else asks for tokens",
            outage=True,
        )
    if code in _INVALID:
        return HelperError(
            "credentials-invalid",
            f"AWS refused the credentials for {target.host} as expired or invalid: {_line(error)}",
            "renew them: aws sso login, or new keys; with keys in the environment, unset the old ones\n"
            "and look at the clock (date -u): AWS refuses what is signed more than five minutes off",
        )
    outage = status >= _SERVER_ERROR
    fix = "try again" if outage else "look at what it says"
    return HelperError("aws-failed", f"AWS gave no token for {target.host}: {_line(error)}", fix, outage=outage)


def _denied(error: boto.ClientError, target: Target) -> HelperError:
    who = re.search(r"arn:[\w-]+:(?:sts|iam)::\d*:[\w+=,.@/-]+", str(error), re.ASCII)
    kind, name, arn = _principal(who.group() if who else "")
    policy = f"arn:{target.registry.partition}:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly"
    reason = _reason(_line(error))
    fix = (
        f"attach AmazonEC2ContainerRegistryPullOnly (or AmazonEC2ContainerRegistryReadOnly) to the {kind}:\n"
        f"aws iam attach-{kind}-policy --{kind}-name {name} --policy-arn {policy}\n"
        "then pull again: nothing has to be cleared"
    )
    if "explicit deny" in reason:
        fix = "no policy that allows can outweigh it: whoever manages the one that denies must change it"
    return HelperError(
        "policy-missing",
        f"{arn or 'the identity in use'} may not call {target.registry.service}:GetAuthorizationToken, "
        f"so {target.host} got no token: {reason}",
        fix,
    )


def _principal(arn: str) -> tuple[str, str, str]:
    """Give (role or user, its name, its own ARN) for the ARN by which AWS names a caller. An assumed role's lacks
    the role's path, and the name alone is what the fix needs.
    """
    prefix, _, resource = arn.rpartition(":")
    kind, _, rest = resource.partition("/")
    if kind == "assumed-role":
        name = rest.partition("/")[0]
        return "role", name, f"{prefix.replace(':sts:', ':iam:')}:role/{name}"
    if kind == "user":
        return "user", rest.rpartition("/")[2], arn
    return "role", "ROLE", arn


def _reason(text: str) -> str:
    """Give what AWS says after whom it denied what: "because no ... policy allows", "with an explicit deny in ..."."""
    _, _, rest = text.partition(" on resource: ")
    return rest.partition(" ")[2].removeprefix("because ") or "AWS denied it"


def _unreachable(error: Exception, target: Target, seconds: float) -> HelperError:
    undocumented, region = "", target.registry.region
    if target.registry.fips and region not in FIPS_REGIONS:
        undocumented = f"\nAWS documents no FIPS endpoint of ECR in {region}: the name that was asked is a guess"
    return HelperError(
        "unreachable",
        f"AWS could not be reached for {target.host}, after {seconds:.0f} seconds: {_line(error)}",
        "look at the way there: DNS, security group, route, HTTPS_PROXY and NO_PROXY, AWS_ENDPOINT_URL_ECR if set\n"
        f"in a VPC without internet: an interface endpoint for com.amazonaws.{region}.ecr.api{undocumented}",
        outage=True,
    )


def _line(error: Exception) -> str:
    """Quote an error in one line. Of a signature that does not match AWS sends back the canonical string, which holds
    the session's token: that part stays out.
    """
    text = " ".join(str(error).split()).partition(" The Canonical String for this request")[0]
    return text or type(error).__name__
