"""Rules of a settings file that say whose credentials are used or which endpoint is asked, and what comes of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.e2e.clients import HOST
from tests.e2e.endpoints.network import PASSWORD, PRIVATE, PROXY_ENV, REGULAR, USER
from tests.e2e.identities.identities import IDENTITIES, ROLE, SESSION
from tests.e2e.identities.identities import USER as PERSON
from tests.fake_ec2.image import CERTIFICATES, CORPORATE
from tests.fake_ec2.names import ALIAS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.fake_ec2 import Instance

SETTINGS = "/etc/credhelper/config.toml"
INSTANCE = IDENTITIES["IMDSv2"].principal
READER = f"{SESSION}reader/docker-credential-ecr"
AUTHORITY = f"{CERTIFICATES}/{CORPORATE}/ca.crt"


class IdentityRule(NamedTuple):
    """The lines of a rule, the ARN that calls ECR, the roles that are assumed in turn, and the client's variables."""

    rule: str
    principal: str
    roles: tuple[str, ...] = ()
    env: Mapping[str, str] = {}


_INSTANCE_PROFILE = IDENTITIES["credential_source Ec2InstanceMetadata"]
_READER_RULE = f'role_arn = "{ROLE}reader"'
IDENTITY_RULES = {
    "role_arn": IdentityRule(_READER_RULE, READER, (f"{ROLE}reader",)),
    "role_arn, from keys in the environment": IdentityRule(
        _READER_RULE, READER, (f"{ROLE}reader",), IDENTITIES["environment"].env
    ),
    "role_arn, from IRSA": IdentityRule(_READER_RULE, READER, (f"{ROLE}irsa", f"{ROLE}reader"), IDENTITIES["IRSA"].env),
    "role_arn with all that belongs to it": IdentityRule(
        f'role_arn = "{ROLE}strict"\nexternal_id = "agreed"\nsession_name = "docker"\nduration = 7200\n'
        'source_profile = "keys"',
        f"{SESSION}strict/docker",
        (f"{ROLE}strict",),
    ),
    "source_profile": IdentityRule(f'{_READER_RULE}\nsource_profile = "keys"', READER, (f"{ROLE}reader",)),
    "source_profile that assumes a role itself": IdentityRule(
        f'{_READER_RULE}\nsource_profile = "of-keys"', READER, (f"{ROLE}of-keys", f"{ROLE}reader")
    ),
    "profile": IdentityRule('profile = "keys"', f"{PERSON}AKIAFILE"),
    "profile of SSO": IdentityRule('profile = "signed-in"', IDENTITIES["SSO"].principal),
    "profile that assumes a role": IdentityRule('profile = "of-role"', *IDENTITIES["a chain of two roles"][1:]),
    "profile, and another one in the environment": IdentityRule(
        'profile = "keys"', f"{PERSON}AKIAFILE", env={"AWS_PROFILE": "program"}
    ),
    "profile, and keys in the environment": IdentityRule(
        'profile = "keys"', f"{PERSON}AKIAFILE", env=IDENTITIES["environment"].env
    ),
    "profile of the instance's role": IdentityRule('profile = "of-instance"', *_INSTANCE_PROFILE[1:]),
}
TRUST = {f"{ROLE}strict": {"by": [f"{PERSON}AKIAFILE"], "external_id": "agreed", "longest": 7200}}


class EndpointRule(NamedTuple):
    """A rule's lines, the name at which ECR is asked by it, and what passes through the proxy."""

    rule: str
    api_host: str
    host: str = HOST
    env: Mapping[str, str] = {}
    proxied_hosts: tuple[str, ...] = ()


_PROXY_URL = PROXY_ENV["HTTPS_PROXY"]
_REFUSED_PROXY_ENV = {"HTTPS_PROXY": _PROXY_URL.replace("3128", "9")}
ENDPOINT_RULES = {
    "endpoint_url": EndpointRule(f'endpoint_url = "https://{PRIVATE}"', PRIVATE),
    "endpoint_url, and another one in the environment": EndpointRule(
        f'endpoint_url = "https://{PRIVATE}"', PRIVATE, env={"AWS_ENDPOINT_URL_ECR": "https://192.0.2.1"}
    ),
    "fips": EndpointRule("fips = true", "api.ecr-fips.us-east-1.amazonaws.com"),
    "no fips": EndpointRule("fips = false", REGULAR, env={"AWS_USE_FIPS_ENDPOINT": "true"}),
    "dualstack": EndpointRule("dualstack = true", "ecr.us-east-1.api.aws"),
    "no dualstack": EndpointRule("dualstack = false", REGULAR, env={"AWS_USE_DUALSTACK_ENDPOINT": "true"}),
    "proxy": EndpointRule(
        f'proxy = "{_PROXY_URL.replace("//", f"//{USER}:se%40cret@")}"', REGULAR, proxied_hosts=(REGULAR,)
    ),
    "proxy, and another one in the environment": EndpointRule(
        f'proxy = "{_PROXY_URL.replace("//", f"//{USER}:se%40cret@")}"',
        REGULAR,
        env=_REFUSED_PROXY_ENV,
        proxied_hosts=(REGULAR,),
    ),
    "no proxy": EndpointRule('proxy = ""', REGULAR, env=_REFUSED_PROXY_ENV),
    "an alias": EndpointRule(f'endpoint_url = "https://{PRIVATE}"', PRIVATE, ALIAS),
    "ECR Public": EndpointRule("dualstack = true", "ecr-public.us-east-1.api.aws", "public.ecr.aws"),
}  # fmt: skip
ALIASES = f'[aliases]\n"{ALIAS}" = "{HOST}"\n'
PROXY_USERS = {USER: PASSWORD}


def write_rules(instance: Instance, *rules: tuple[str, str], extra: str = "") -> None:
    """Write a settings file with rules, each a match and its lines."""
    text = "".join(f'[[rule]]\nmatch = "{match}"\n{lines}\n\n' for match, lines in rules)
    instance.write(SETTINGS, text + extra)
