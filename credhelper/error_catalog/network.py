"""The way to AWS: how far it went."""

from __future__ import annotations

from credhelper.error_catalog.kind import Command, ErrorKind

# For a VPC without internet. Empty fields leave out all but one of them, and the note but where it applies.
_VPC = (
    "in a VPC without internet: an interface endpoint for {vpc_endpoint}",
    "in a VPC without internet: {public_registry} has no interface endpoint; a pull through cache rule does without",
    "AWS documents no FIPS endpoint of ECR in {guessed_fips_region}: the name that was asked is a guess",
)

NO_ENDPOINT = ErrorKind(
    "no-endpoint",
    "the endpoint that is set is no address, or there is none",
    "there is no endpoint to ask for the token of {host}: {reason}",
    ("look at AWS_ENDPOINT_URL_ECR, AWS_ENDPOINT_URL and the `services` section of ~/.aws/config",),
)
NOT_A_URL = "what is set as its URL is none"  # a reason
ENDPOINT_MISMATCH = ErrorKind(
    "endpoint-mismatch",
    "the endpoint is another region's or service's",
    "the endpoint that was asked for a token of {host} is of another region or service: {reason}",
    ("let AWS_ENDPOINT_URL_ECR, if set, name an endpoint of {region}, or unset it",),
)
UNKNOWN_REGION = ErrorKind(
    "unknown-region",
    "there is no such region; the nearest is named",
    "{region}, the region of {host}, is none that is known, and {name} is no name of AWS",
    (
        "did you mean {suggestion}? look at the name of the image",
        ("if the region is a new one:", Command("pip install --upgrade botocore")),
    ),
)
UNKNOWN_REGION_UNLIKE_ANY = UNKNOWN_REGION._replace(fix=("look at the name of the image", *UNKNOWN_REGION.fix[1:]))

DNS_FAILED = ErrorKind(
    "dns-failed",
    "the endpoint's name is not found",
    "the name {name}, to be asked for a token of {host}, was not found by DNS: {reason}",
    (("look at /etc/resolv.conf, and at:", Command("getent hosts {name}")), *_VPC),
    is_transient=True,
)
REFUSED = ErrorKind(
    "refused",
    "the endpoint refuses the connection",
    "{url}, to be asked for a token of {host}, refused the connection",
    ("look at who should listen there: AWS_ENDPOINT_URL_ECR and its kin, if set; a firewall that refuses", *_VPC),
    is_transient=True,
)
UNREACHABLE = ErrorKind(
    "unreachable",
    "no connection to the endpoint comes about",
    "AWS could not be reached at {url} for {host}, after {seconds} seconds: {reason}",
    ("look at the way there: route, security group, firewall, HTTPS_PROXY and NO_PROXY", *_VPC),
    is_transient=True,
)
NO_CONNECTION = "no connection came about"  # a reason
UNSENT = UNREACHABLE._replace(
    when="what was to be sent to AWS could not be",
    message="AWS could not be asked for a token of {host}: what was to be sent could not be ({reason})",
    fix=("look at what goes with the question: keys, a sign-in in ~/.aws/sso/cache, a proxy and its password",),
)
UNANSWERED = ErrorKind(
    "unanswered",
    "the endpoint takes the question and does not answer",
    "{url} {outcome} and gave no answer for {host}, after {seconds} seconds",
    ("try again; look at what is in between: a proxy, a load balancer, AWS_ENDPOINT_URL_ECR", *_VPC),
    is_transient=True,
)
CLOSED, TOOK_REQUEST = "closed the connection", "took the question"  # outcomes

TLS_UNTRUSTED = ErrorKind(
    "tls-untrusted",
    "nobody who is trusted has signed the endpoint's certificate",
    "the certificate of {url}, asked for a token of {host}, is signed by nobody who is trusted here: {reason}",
    (
        "trusted are those in {bundle}",
        ("if a company's proxy looks into TLS: have its CA in a PEM file, together with those of the public, and set"),
        "AWS_CA_BUNDLE=FILE, or ca_bundle in the settings or in ~/.aws/config",
    ),
    is_transient=True,
)
TLS_FAILED = ErrorKind(
    "tls-failed",
    "TLS fails for another reason, which is said",
    "no TLS connection to {url} came about for {host}: {reason}",
    (
        "look at what answers there: a proxy, or an AWS_ENDPOINT_URL_ECR that speaks no TLS or has another's name",
        "a certificate that has expired, or is not yet valid: look at the clock, date -u",
    ),
    is_transient=True,
)
CA_BUNDLE_MISSING = ErrorKind(
    "ca-bundle-missing",
    "the file of trusted certificates is not there, cannot be read, or holds none",
    "{bundle}, whose certificates are to be trusted for {host} ({set_by}), {reason}",
    ("name a PEM file that there is, or unset it: then the certificates of botocore are trusted",),
)
# Reasons.
NO_FILE, IS_DIRECTORY, NO_CERTIFICATES = "is not there", "is a directory", "holds no certificates"

PROXY_FAILED = ErrorKind(
    "proxy-failed",
    "the proxy does not connect",
    "the proxy {proxy} ({set_by}) did not connect to AWS for {host}: {reason}",
    (
        "look at the proxy, and at the user name and password in its URL",
        "or let AWS be asked without it: NO_PROXY=.{suffix}",
    ),
    is_transient=True,
)
PROXY_UNREADABLE = PROXY_FAILED._replace(
    when="the URL of the proxy cannot be read",
    message="the proxy of {set_by} cannot be used to ask AWS for {host}: its URL cannot be read",
    fix=("it is http://USER:PASSWORD@HOST:PORT; in the password / is written %2F, # %23, @ %40 and : %3A",),
)

ROWS = (
    *(NO_ENDPOINT, ENDPOINT_MISMATCH, UNKNOWN_REGION, UNKNOWN_REGION_UNLIKE_ANY),
    *(DNS_FAILED, REFUSED, UNREACHABLE, UNSENT, UNANSWERED, TLS_UNTRUSTED, TLS_FAILED, CA_BUNDLE_MISSING),
    *(PROXY_FAILED, PROXY_UNREADABLE),
)
