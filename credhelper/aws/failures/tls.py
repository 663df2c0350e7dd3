"""TLS that came to nothing: whom the certificate was from is not told; which certificates were trusted is."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from botocore.httpsession import get_cert_path

from credhelper.aws import ca_bundle
from credhelper.aws.failures.words import line
from credhelper.errors import HelperError, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from botocore.session import Session

    from credhelper.target import Target

# OpenSSL's reasons (x509_vfy.h) that mean: nobody whom we trust has signed it.
_NOT_TRUSTED = frozenset((2, 18, 19, 20, 21))


def explain(causes: Sequence[BaseException], url: str, target: Target, session: Session) -> HelperError:
    """Give the HelperError for a handshake that failed at `url`, for one of `causes`."""
    setting, bundle = ca_bundle.chosen(session, target.options)
    unusable = _unusable(bundle) if bundle else ""
    if unusable:
        return _bundle_missing(bundle, setting, unusable, target)
    verified = next((each for each in causes if isinstance(each, ssl.SSLCertVerificationError)), None)
    if verified is not None and verified.verify_code in _NOT_TRUSTED:
        return _untrusted(verified, bundle, url, target)
    why = printable(verified.verify_message) if verified is not None else _reason(causes)
    return HelperError(
        "tls-failed",
        f"no TLS connection to {url} came about for {target.host}: {why}",
        "look at what answers there: a proxy, or an AWS_ENDPOINT_URL_ECR that speaks no TLS or has another's name\n"
        "a certificate that has expired, or is not yet valid: look at the clock, date -u",
    )


def _reason(causes: Sequence[BaseException]) -> str:
    """Give OpenSSL's own word, such as WRONG_VERSION_NUMBER, as words."""
    reasons = (getattr(each, "reason", None) for each in causes if isinstance(each, ssl.SSLError))
    found = next((each for each in reasons if isinstance(each, str)), None)
    return printable(found.replace("_", " ").lower()) if found else line(causes[-1])


def _untrusted(error: ssl.SSLCertVerificationError, bundle: str, url: str, target: Target) -> HelperError:
    return HelperError(
        "tls-untrusted",
        f"the certificate of {url}, asked for a token of {target.host}, is signed by nobody who is trusted here: "
        f"{printable(error.verify_message)}",
        f"trusted are those in {printable(bundle) or printable(str(get_cert_path(True)))}\n"
        "if a company's proxy looks into TLS: have its CA in a PEM file, together with those of the public, and set\n"
        "AWS_CA_BUNDLE=FILE, or ca_bundle in the settings or in ~/.aws/config",
    )


def _bundle_missing(bundle: str, setting: str, why: str, target: Target) -> HelperError:
    return HelperError(
        "ca-bundle-missing",
        f"{printable(bundle)}, whose certificates are to be trusted for {target.host} ({setting}), {why}",
        "name a PEM file that there is, or unset it: then the certificates of botocore are trusted",
    )


def _unusable(bundle: str) -> str:
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
