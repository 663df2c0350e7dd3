"""Whatever went wrong with AWS -> one HelperError: what happened, found and not guessed, and what to do about it.

Each module knows one kind of trouble. What AWS says is quoted where it says more than we know; what may hold a secret
never is: a canonical string, what a credential_process prints, a proxy's password, a line of a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from credhelper.aws.diagnosis import api_errors, invalid_value, network, profiles
from credhelper.aws.diagnosis.credentials import diagnose as diagnose_credentials_error
from credhelper.aws.diagnosis.credentials import diagnose_invalid_keys, mfa_required_error, no_credentials_error
from credhelper.aws.diagnosis.malformed_answer import empty_answer_error, malformed_answer_error
from credhelper.aws.diagnosis.network import no_endpoint_error
from credhelper.aws.diagnosis.partition import wrong_partition_error
from credhelper.aws.diagnosis.profiles import no_credentials_error as no_profile_credentials_error
from credhelper.aws.diagnosis.quoting import quote_error
from credhelper.errors import HelperError

if TYPE_CHECKING:
    from botocore.session import Session

    from credhelper.ecr.target import Target
    from credhelper.ecr.token import CredentialSource

__all__ = [
    "BOTOCORE_ERRORS",
    "diagnose_client_error",
    "diagnose_credentials_error",
    "diagnose_invalid_keys",
    "diagnose_token_error",
    "empty_answer_error",
    "malformed_answer_error",
    "mfa_required_error",
    "no_credentials_error",
    "no_endpoint_error",
    "no_profile_credentials_error",
    "wrong_partition_error",
]

# What botocore's credential chain is known to let out, beside its own two kinds.
BOTOCORE_ERRORS = (
    *(boto.BotoCoreError, boto.ClientError, ResponseParserError, OSError, EOFError),
    *(ValueError, LookupError, TypeError, AttributeError, RuntimeError, ArithmeticError),
)


def diagnose_client_error(error: Exception, target: Target, session: Session) -> HelperError:
    """Give the HelperError for a client, or a session, of botocore that could not be made."""
    is_endpoint_error = isinstance(error, ValueError) and not profiles.find_nested_setting(session)
    return network.diagnose_missing_endpoint(error, target) or (
        no_endpoint_error(error, target) if is_endpoint_error else invalid_value.diagnose(error, target, session)
    )


def diagnose_token_error(
    error: Exception, target: Target, session: Session, source: CredentialSource, elapsed: float
) -> HelperError:
    """Give the HelperError for what the call for a token, by credentials of `source`, raised in `elapsed` seconds."""
    if isinstance(error, boto.ClientError):
        return api_errors.diagnose(error, target, session, source.role_identity[1] if source.role_identity else "")
    if isinstance(error, (*network.ERRORS, OSError)):
        return network.diagnose(error, target, session, elapsed)
    return network.diagnose_missing_endpoint(error, target) or HelperError(
        "aws-failed", f"AWS gave no token for {target.host}: {quote_error(error)}", "look at what it says"
    )
