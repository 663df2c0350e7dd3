"""The connection to AWS: DNS, TCP, TLS and proxies."""

from __future__ import annotations

from credhelper.error_catalog.kind import Command, ErrorKind

# For a VPC without internet access. Code leaves all but one of the fields empty, which omits the other steps.
_VPC = (
    "in a VPC without internet access: create an interface endpoint for {vpc_endpoint}",
    "in a VPC without internet access: {public_registry} has no interface endpoint; use a pull through cache rule",
    "AWS documents no FIPS endpoint of ECR in {guessed_fips_region}: the name of the endpoint is a guess",
)

NO_ENDPOINT = ErrorKind(
    "no-endpoint",
    "the configured endpoint is not a URL, or the region has no endpoint",
    "no endpoint for the request",
    "{reason}",
    ("check AWS_ENDPOINT_URL_ECR, AWS_ENDPOINT_URL and the `services` section of ~/.aws/config",),
)
NOT_A_URL = "the configured endpoint is not a URL"  # a reason
ENDPOINT_MISMATCH = ErrorKind(
    "endpoint-mismatch",
    "the configured endpoint belongs to another region or service",
    "the endpoint belongs to another region or service",
    "{reason}",
    ("set AWS_ENDPOINT_URL_ECR to an endpoint in {region}, or unset it",),
)
UNKNOWN_REGION = ErrorKind(
    "unknown-region",
    "the region does not exist; the closest match is suggested",
    "unknown AWS region: {region}",
    "{name} does not resolve",
    (
        "did you mean {suggestion}? check the name of the image",
        ("if the region is new:", Command("pip install --upgrade botocore")),
    ),
)
UNKNOWN_REGION_UNLIKE_ANY = UNKNOWN_REGION._replace(fix=("check the name of the image", *UNKNOWN_REGION.fix[1:]))

DNS_FAILED = ErrorKind(
    "dns-failed",
    "the name of the endpoint does not resolve",
    "cannot resolve {name}",
    "{reason}",
    (("check /etc/resolv.conf, and whether the name resolves:", Command("getent hosts {name}")), *_VPC),
    is_transient=True,
)
REFUSED = ErrorKind(
    "refused",
    "the endpoint refuses the connection",
    "cannot connect to {url}: connection refused",
    "",
    ("check which server should listen there (AWS_ENDPOINT_URL_ECR, AWS_ENDPOINT_URL) and the firewall", *_VPC),
    is_transient=True,
)
UNREACHABLE = ErrorKind(
    "unreachable",
    "no connection to the endpoint can be established",
    "cannot connect to {url}",
    "{reason}, after {seconds} s",
    ("check the network: routes, security groups, firewalls, HTTPS_PROXY and NO_PROXY", *_VPC),
    is_transient=True,
)
NO_CONNECTION = "connection timed out"  # a reason
UNSENT = UNREACHABLE._replace(
    when="the request to AWS cannot be sent",
    message="cannot send the request to AWS",
    why="{reason}",
    fix=("check what is sent with the request: keys, a sign-in in ~/.aws/sso/cache, the proxy and its password",),
)
UNANSWERED = ErrorKind(
    "unanswered",
    "the endpoint accepts the connection and does not respond",
    "no response from {url}",
    "it {outcome}, after {seconds} s",
    ("try again, and check what is in between: a proxy, a load balancer, AWS_ENDPOINT_URL_ECR", *_VPC),
    is_transient=True,
)
CLOSED, TOOK_REQUEST = "closed the connection", "accepted the request and sent no response"  # outcomes

TLS_UNTRUSTED = ErrorKind(
    "tls-untrusted",
    "the issuer of the endpoint's certificate is not trusted",
    "cannot verify the TLS certificate of {url}: its issuer is not trusted",
    "{reason}; the trusted certificates are those in {bundle}",
    (
        (
            "if a company proxy inspects TLS, put its CA into a PEM file together with the public CAs, and set "
            "AWS_CA_BUNDLE or ca_bundle (in the settings or in ~/.aws/config) to the path of that file"
        ),
    ),
    is_transient=True,
)
TLS_FAILED = ErrorKind(
    "tls-failed",
    "TLS fails for another reason, which is reported",
    "cannot establish a TLS connection to {url}",
    "{reason}",
    (
        "check which server answers there: a proxy, or an AWS_ENDPOINT_URL_ECR that has another name or no TLS",
        "if a certificate has expired or is not yet valid, check the clock (date -u)",
    ),
    is_transient=True,
)
CA_BUNDLE_MISSING = ErrorKind(
    "ca-bundle-missing",
    "the file of trusted certificates does not exist, cannot be read, or contains no certificate",
    "cannot use the CA bundle {bundle}",
    "it {reason}; set by {set_by}",
    ("set it to the path of a PEM file, or unset it to trust the certificates of botocore",),
)
# Reasons.
NO_FILE, IS_DIRECTORY, NO_CERTIFICATES = "does not exist", "is a directory", "contains no certificate"

PROXY_FAILED = ErrorKind(
    "proxy-failed",
    "the proxy does not connect",
    "cannot connect to AWS through the proxy {proxy}",
    "{reason}; set by {set_by}",
    (
        "check the proxy, and the user name and password in its URL",
        "or bypass it: NO_PROXY=.{suffix}",
    ),
    is_transient=True,
)
PROXY_UNREADABLE = PROXY_FAILED._replace(
    when="the URL of the proxy is invalid",
    message="cannot connect to AWS: the URL of the proxy is invalid",
    why="set by {set_by}",
    fix=(
        (
            "use the form http://USER:PASSWORD@HOST:PORT, and write / as %2F, # as %23, @ as %40 and : as %3A in the "
            "password"
        ),
    ),
)

ROWS = (
    *(NO_ENDPOINT, ENDPOINT_MISMATCH, UNKNOWN_REGION, UNKNOWN_REGION_UNLIKE_ANY),
    *(DNS_FAILED, REFUSED, UNREACHABLE, UNSENT, UNANSWERED, TLS_UNTRUSTED, TLS_FAILED, CA_BUNDLE_MISSING),
    *(PROXY_FAILED, PROXY_UNREADABLE),
)
