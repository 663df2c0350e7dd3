"""TLS that came to nothing: whom the certificate was from is not told; which certificates were trusted is."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from botocore.httpsession import get_cert_path

from credhelper.aws.diagnosis.quoting import describe
from credhelper.error_catalog import network as catalog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from botocore.session import Session

    from credhelper.ecr.target import TokenOptions
    from credhelper.errors import HelperError

# OpenSSL's reasons (x509_vfy.h) that mean: nobody whom we trust has signed it.
_UNTRUSTED_CODES = frozenset((2, 18, 19, 20, 21))


def diagnose(causes: Sequence[BaseException], url: str, options: TokenOptions, session: Session) -> HelperError:
    """Give the HelperError for a handshake that failed at `url`, for one of `causes`."""
    bundle = _find_bundle(options, session)
    if bundle and not _is_bundle(bundle):
        reason = catalog.NO_CERTIFICATES if os.path.exists(bundle) else catalog.NO_FILE
        return catalog.CA_BUNDLE_MISSING.error(bundle=bundle, set_by=_set_by(options), reason=reason)
    verification_error = next((cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)), None)
    if verification_error is None:
        return catalog.TLS_FAILED.error(url=url, reason=_ssl_reason(causes))
    reason = verification_error.verify_message
    if verification_error.verify_code in _UNTRUSTED_CODES:
        return catalog.TLS_UNTRUSTED.error(url=url, reason=reason, bundle=bundle or str(get_cert_path(True)))
    return catalog.TLS_FAILED.error(url=url, reason=reason)


def _ssl_reason(causes: Sequence[BaseException]) -> str:
    """Give OpenSSL's own word, such as WRONG_VERSION_NUMBER, as words."""
    reasons = (getattr(cause, "reason", None) for cause in causes if isinstance(cause, ssl.SSLError))
    reason = next((text for text in reasons if isinstance(text, str)), None)
    return reason.replace("_", " ").lower() if reason else describe(causes[-1])


def _find_bundle(options: TokenOptions, session: Session) -> str:
    bundle = session.get_config_variable("ca_bundle") or os.environ.get("REQUESTS_CA_BUNDLE", "")
    return options.ca_bundle or os.path.expanduser(str(bundle))


def _set_by(options: TokenOptions) -> str:
    if options.ca_bundle:
        return "ca_bundle" + options.source_of("ca_bundle")
    variables = (variable for variable in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE") if os.environ.get(variable))
    return next(variables, "ca_bundle of the profile")


def _is_bundle(path: str) -> bool:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
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
