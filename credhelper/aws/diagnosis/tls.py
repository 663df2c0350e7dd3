"""TLS failures. The CA bundle that was used is reported; the issuer of the certificate is not."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from botocore.httpsession import get_cert_path

from credhelper.aws import ca_bundle
from credhelper.aws.diagnosis.quoting import describe
from credhelper.error_catalog import network as catalog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from botocore.session import Session

    from credhelper.ecr.target import TokenOptions
    from credhelper.errors import HelperError

# OpenSSL's error codes (x509_vfy.h) for a certificate that is not signed by a trusted issuer.
_UNTRUSTED_CODES = frozenset((2, 18, 19, 20, 21))


def diagnose(causes: Sequence[BaseException], url: str, options: TokenOptions, session: Session) -> HelperError:
    """Return the HelperError for a TLS handshake with `url` that failed because of one of `causes`."""
    setting, bundle = ca_bundle.selected_bundle(session, options)
    reason = _unusable_reason(bundle) if bundle else ""
    if reason:
        return catalog.CA_BUNDLE_MISSING.error(bundle=bundle, set_by=setting, reason=reason)
    verification_error = next((cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)), None)
    if verification_error is None:
        return catalog.TLS_FAILED.error(url=url, reason=_ssl_reason(causes))
    reason = verification_error.verify_message
    if verification_error.verify_code in _UNTRUSTED_CODES:
        return catalog.TLS_UNTRUSTED.error(url=url, reason=reason, bundle=bundle or str(get_cert_path(True)))
    return catalog.TLS_FAILED.error(url=url, reason=reason)


def _ssl_reason(causes: Sequence[BaseException]) -> str:
    """Return OpenSSL's own reason, such as WRONG_VERSION_NUMBER, as lower-case words."""
    reasons = (getattr(cause, "reason", None) for cause in causes if isinstance(cause, ssl.SSLError))
    reason = next((text for text in reasons if isinstance(text, str)), None)
    return reason.replace("_", " ").lower() if reason else describe(causes[-1])


def _unusable_reason(bundle: str) -> str:
    """Return why botocore cannot use the file `bundle`, as a predicate; "" if it can be used."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(bundle)
    except (FileNotFoundError, ValueError):  # the latter for a NUL in the path
        return catalog.NO_FILE
    except IsADirectoryError:
        return catalog.IS_DIRECTORY
    except ssl.SSLError:
        return catalog.NO_CERTIFICATES
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return ""
