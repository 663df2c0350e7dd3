"""What went wrong while credentials were looked for: which of botocore's providers was at work, and what it met."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from credhelper.aws import metadata
from credhelper.aws.failures import (
    answers,
    container,
    frames,
    process,
    profiles,
    refused,
    roles,
    sso,
    unreached,
    values,
    web_identity,
)
from credhelper.aws.failures.words import line
from credhelper.errors import HelperError

if TYPE_CHECKING:
    from botocore.credentials import Credentials
    from botocore.session import Session

    from credhelper.aws.metadata import Cause
    from credhelper.target import Target

LOOKED_IN = "environment variables, ~/.aws/config, ~/.aws/credentials, container and instance metadata"

_INSTANCE = "Ec2InstanceMetadata"  # as a profile's credential_source calls it
_STILL_EXPIRED = "still expired"

_AT_STS = ("assume-role", "assume-role-with-web-identity")
_OF_READING = (ResponseParserError, ValueError, LookupError, TypeError, AttributeError)

_BY_PROVIDER: dict[str, Callable[[Exception, Target, Session], HelperError | None]] = {
    "custom-process": process.explain,
    "container-role": container.explain,
    "assume-role-with-web-identity": web_identity.explain,
    "sso": sso.explain,
    "login": sso.explain_login,
}


def explain(
    error: Exception, target: Target, session: Session, seconds: float, metadata_endpoint: Callable[[], str]
) -> HelperError | None:
    """Give the HelperError for what botocore's credential chain let out after `seconds`; None if it came from none of
    its providers, and is a fault of ours. `metadata_endpoint` gives the URL at which the instance's metadata is asked.
    """
    provider = frames.provider(error)
    found = (
        _told(error, target, session, seconds)
        or profiles.explain(error, target, session)
        or unreached.no_address(error, target)
        or _of_answer(error, target)
        or _of_metadata(error, provider, target, metadata_endpoint)
        or _of_provider(error, provider, target, session)
    )
    if found is None and provider:
        return _unusable(error, provider, target)
    if found is None and (isinstance(error, boto.BotoCoreError) or values.is_number_wrong(session)):
        return values.explain(error, target, session)
    return found


def no_credentials(target: Target, cause: Cause) -> HelperError:
    """Give the HelperError for a chain that ended without credentials, at the instance's metadata, for `cause`."""
    return HelperError(
        cause.id,
        f"no AWS credentials were found for {target.host}: {cause.clause}",
        f"{cause.fix}\nlooked in: {LOOKED_IN}",
    )


def no_keys(credentials: Credentials, target: Target) -> HelperError | None:
    """Give the HelperError for keys with what no key has in it, which botocore would send, and repeat in its error."""
    keys = credentials.get_frozen_credentials()
    parts = {"access key id": keys.access_key, "secret access key": keys.secret_key, "session token": keys.token}
    wrong = next((name for name, text in parts.items() if text is not None and not _is_of_a_key(text)), None)
    if wrong is None:
        return None
    return HelperError(
        "credentials-unusable",
        f"the AWS credentials for {target.host} ({credentials.method}) are none: in the {wrong} is what none of them "
        "holds, such as a line's end or a letter that is not ASCII",
        "copy it again, and nothing that is around it",
    )


def _is_of_a_key(text: object) -> bool:
    return isinstance(text, str) and text.isascii() and text.isprintable()


def mfa_required(target: Target) -> HelperError:
    """Give the HelperError for a profile whose role is assumed with a code that a person would have to type."""
    return HelperError(
        "mfa-required",
        f"the profile for {target.host} has an mfa_serial, and nobody can be asked for an MFA code here",
        "start a session where you can type the code, and let the client have its keys in the environment,\n"
        "or pull with a profile whose role asks for no code",
    )


def _told(error: Exception, target: Target, session: Session, seconds: float) -> HelperError | None:
    """What was answered, or was not reached, is told as it is of ECR."""
    if isinstance(error, boto.ClientError):
        return refused.explain(error, target, session)
    is_metadata = frames.provider(error) in ("iam-role", "container-role")
    if isinstance(error, unreached.ERRORS) and not is_metadata:
        return unreached.explain(error, target, session, seconds)
    return None


def _of_answer(error: Exception, target: Target) -> HelperError | None:
    """What botocore could not read, or did not find in it what must be there."""
    # What cannot be encoded was to be sent.
    is_of_reading = isinstance(error, _OF_READING) and not isinstance(error, UnicodeEncodeError)
    return answers.malformed(target) if is_of_reading and frames.is_of_a_call(error) else None


def _of_metadata(
    error: Exception, provider: str, target: Target, metadata_endpoint: Callable[[], str]
) -> HelperError | None:
    asked_for = provider == "iam-role" or getattr(error, "kwargs", {}).get("provider") == _INSTANCE
    if not asked_for or _STILL_EXPIRED in str(error):
        return None
    return no_credentials(target, metadata.why_not(metadata_endpoint()))


def _of_provider(error: Exception, provider: str, target: Target, session: Session) -> HelperError | None:
    if isinstance(error, RuntimeError) and _STILL_EXPIRED in str(error):
        return _expired(provider, target)
    found = _BY_PROVIDER[provider](error, target, session) if provider in _BY_PROVIDER else None
    if found is not None:
        return found
    if isinstance(error, boto.CredentialRetrievalError):  # a credential_source that gives none
        return profiles.incomplete(f"its credential_source {error.kwargs['provider']} has none", target, session)
    if provider in _AT_STS and isinstance(error, _OF_READING):
        return answers.malformed(target)
    return roles.explain(error, target)


def _expired(provider: str, target: Target) -> HelperError:
    return HelperError(
        "credentials-expired",
        f"the credentials for {target.host} have expired, and what gives them ({provider}) has no newer ones",
        "renew them where they come from; with keys in the environment, AWS_CREDENTIAL_EXPIRATION says when they end",
    )


def _unusable(error: Exception, provider: str, target: Target) -> HelperError:
    # What others than botocore raise may quote what they were given.
    why = line(error) if isinstance(error, boto.BotoCoreError) else type(error).__name__
    return HelperError(
        "credentials-unusable",
        f"the AWS credentials for {target.host} could not be read ({provider}): {why}",
        "mend what it names; `aws sts get-caller-identity` meets the same error",
    )
