"""TLS that came to nothing: whom the certificate was from is not told; which certificates were trusted is."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from botocore.httpsession import get_cert_path

from credhelper.aws import ca_bundle
from credhelper.aws.diagnosis.quoting import quote_error
from credhelper.errors import HelperError, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from botocore.session import Session

    from credhelper.ecr.target import Target

# OpenSSL's reasons (x509_vfy.h) that mean: nobody whom we trust has signed it.
_UNTRUSTED_CODES = frozenset((2, 18, 19, 20, 21))


def diagnose(causes: Sequence[BaseException], url: str, target: Target, session: Session) -> HelperError:
    """Give the HelperError for a handshake that failed at `url`, for one of `causes`."""
    setting, bundle = ca_bundle.selected_bundle(session, target.options)
    reason = _unusable_reason(bundle) if bundle else ""
    if reason:
        return _missing_bundle_error(bundle, setting, reason, target)
    verification_error = next((cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)), None)
    if verification_error is not None and verification_error.verify_code in _UNTRUSTED_CODES:
        return _untrusted_error(verification_error, bundle, url, target)
    reason = printable(verification_error.verify_message) if verification_error is not None else _ssl_reason(causes)
    return HelperError(
        "tls-failed",
        f"no TLS connection to {url} came about for {target.host}: {reason}",
        "look at what answers there: a proxy, or an AWS_ENDPOINT_URL_ECR that speaks no TLS or has another's name\n"
        "a certificate that has expired, or is not yet valid: look at the clock, date -u",
    )


def _ssl_reason(causes: Sequence[BaseException]) -> str:
    """Give OpenSSL's own word, such as WRONG_VERSION_NUMBER, as words."""
    reasons = (getattr(cause, "reason", None) for cause in causes if isinstance(cause, ssl.SSLError))
    reason = next((text for text in reasons if isinstance(text, str)), None)
    return printable(reason.replace("_", " ").lower()) if reason else quote_error(causes[-1])


def _untrusted_error(error: ssl.SSLCertVerificationError, bundle: str, url: str, target: Target) -> HelperError:
    return HelperError(
        "tls-untrusted",
        f"the certificate of {url}, asked for a token of {target.host}, is signed by nobody who is trusted here: "
        f"{printable(error.verify_message)}",
        f"trusted are those in {printable(bundle) or printable(str(get_cert_path(True)))}\n"
        "if a company's proxy looks into TLS: have its CA in a PEM file, together with those of the public, and set\n"
        "AWS_CA_BUNDLE=FILE, or ca_bundle in the settings or in ~/.aws/config",
    )


def _missing_bundle_error(bundle: str, setting: str, reason: str, target: Target) -> HelperError:
    return HelperError(
        "ca-bundle-missing",
        f"{printable(bundle)}, whose certificates are to be trusted for {target.host} ({setting}), {reason}",
        "name a PEM file that there is, or unset it: then the certificates of botocore are trusted",
    )


def _unusable_reason(bundle: str) -> str:
    """Return why botocore cannot use the file `bundle`, as a predicate; "" if it can."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(bundle)
    except (FileNotFoundError, ValueError):  # the latter for a NUL
        return "is not there"
    except IsADirectoryError:
        return "is a directory"
    except ssl.SSLError:
        return "holds no certificates"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return ""
