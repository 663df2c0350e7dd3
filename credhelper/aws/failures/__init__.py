"""Whatever went wrong with AWS -> one HelperError: what happened, found and not guessed, and what to do about it.

Each module knows one kind of trouble. What AWS says is quoted where it says more than we know; what may hold a secret
never is: a canonical string, what a credential_process prints, a proxy's password, a line of a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from credhelper.aws.failures import answers, profiles, refused, unreached, values
from credhelper.aws.failures.foreign import wrong_partition
from credhelper.aws.failures.lost import explain as of_credentials
from credhelper.aws.failures.lost import mfa_required, no_credentials, no_keys
from credhelper.aws.failures.profiles import no_credentials as no_credentials_in_profile
from credhelper.aws.failures.unreached import FIPS_REGIONS, no_endpoint
from credhelper.aws.failures.words import line
from credhelper.errors import HelperError

if TYPE_CHECKING:
    from botocore.session import Session

    from credhelper.cache.record import CredentialSource
    from credhelper.target import Target

__all__ = [
    "ESCAPED",
    "FIPS_REGIONS",
    "empty_answer",
    "malformed_answer",
    "mfa_required",
    "no_credentials",
    "no_credentials_in_profile",
    "no_endpoint",
    "no_keys",
    "of_client",
    "of_credentials",
    "of_token",
    "wrong_partition",
]

empty_answer, malformed_answer = answers.empty, answers.malformed

# What botocore's credential chain is known to let out, beside its own two kinds.
ESCAPED = (
    *(boto.BotoCoreError, boto.ClientError, ResponseParserError, OSError, EOFError),
    *(ValueError, LookupError, TypeError, AttributeError, RuntimeError, ArithmeticError),
)


def of_client(error: Exception, target: Target, session: Session) -> HelperError:
    """Give the HelperError for a client, or a session, of botocore that could not be made."""
    is_of_value = isinstance(error, ValueError) and not profiles.nested(session)
    return unreached.no_address(error, target) or (
        no_endpoint(error, target) if is_of_value else values.explain(error, target, session)
    )


def of_token(
    error: Exception, target: Target, session: Session, origin: CredentialSource, seconds: float
) -> HelperError:
    """Give the HelperError for what the call for a token, by credentials of that origin, raised after `seconds`."""
    if isinstance(error, boto.ClientError):
        return refused.explain(error, target, session, origin.role_identity[1] if origin.role_identity else "")
    if isinstance(error, (*unreached.ERRORS, OSError)):
        return unreached.explain(error, target, session, seconds)
    return unreached.no_address(error, target) or HelperError(
        "aws-failed", f"AWS gave no token for {target.host}: {line(error)}", "look at what it says"
    )
