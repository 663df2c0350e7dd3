"""What a test can tell the stand-in to do."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

SERVICES = ("metadata", "container", "sso", "sts", "ecr", "ecr-public", "registry", "proxy")
TASK = "/v2/credentials/4d5c3b2a-1f0e-4d9c-8b7a-665544332211"  # AWS_CONTAINER_CREDENTIALS_RELATIVE_URI

_METADATA_MODES = ("on", "off", "no-role", "untrusted", "silent", "refused-token", "hop-limit", "fail")
_SERVICE_MODES = (
    "ok", "deny", "throttle", "throttle-429", "fail", "hang", "drip",
    "expired", "invalid", "skewed", "garbled", "portal", "empty",
)  # fmt: skip
_SCRIPTABLE_SERVICES = ("ecr", "ecr-public", "sts")
_SCRIPT_KEYS = {"code", "status", "message"}
_CHOICES = {
    "metadata": _METADATA_MODES,
    "container": ("ok", "fail", "silent"),
    "sso": ("ok", "deny", "fail", "hang"),
    "ecr": _SERVICE_MODES,
    "ecr_public": _SERVICE_MODES,
    "sts": _SERVICE_MODES,
    "proxy": ("ok", "swallow"),
}


@dataclass(frozen=True)
class Behaviour:
    """The names that `configure` accepts, with their defaults. A value replaces the one before it as a whole.

    | name         | values |
    |--------------|--------|
    | metadata     | "on": IMDSv2; a GET without a token, or with another, is answered 401 |
    |              | "off": 403 to everything, as where metadata is turned off |
    |              | "no-role": 404 for the role, as where none is attached |
    |              | "untrusted": the role's trust policy lacks ec2: 200 with Code and Message, no keys |
    |              | "silent": accepts a request and never answers |
    |              | "refused-token": 401 to everything |
    |              | "hop-limit": the PUT is never answered, a GET without a token is 401 |
    |              | "fail": 500 to everything |
    | ecr,         | "ok" |
    | ecr_public,  | "deny": AccessDeniedException, in AWS's words, naming the caller |
    | sts          | "throttle", "throttle-429": ThrottlingException with status 400, 429 |
    |              | "fail": ServerException, 500 |
    |              | "hang": accepts a request and never answers |
    |              | "drip": the right answer, a byte a second |
    |              | "expired", "invalid", "skewed": the credentials are, or the clock is, as AWS says it |
    |              | "garbled": 200 with bytes that are not even text |
    |              | "portal": 200 with a page of HTML, as from something in between |
    |              | "empty": 200 without authorization data |
    | script       | {service: {code, status, message}}: "ecr", "ecr-public" or "sts" refuse in these words, |
    |              | in which {principal}, {action} and {resource} are the call's; recorded.py has AWS's |
    | container    | "ok"; "fail": 500 to everything; "silent": never answers |
    | tasks        | {path of the credentials of an ECS task: role} |
    | pods         | {subject of a web identity (web_identities.py): role that EKS Pod Identity gives it} |
    | sso          | "ok"; "deny": ForbiddenException for every role; "fail": 500; "hang": never answers |
    | sign_ins     | {access token of SSO: who is signed in} |
    | renewals     | {refresh token of SSO: the access token that it gives} |
    | trust        | {ARN of a role: {"by": [ARNs and subjects of web identities], "external_id": text, |
    |              | "longest": seconds}}; a role that is not named, and what is not said of one, is open to all |
    | proxy        | "ok": HTTPS passes, what comes in the clear is answered 503; "swallow": that is not answered |
    | proxy_users  | {name: password}; {}: whoever comes may pass |
    | repositories | {account: may principals of others pull from it?}; an account that is not named lets them |
    | policies     | {role or user name: may it get a token?}; who is not named may |
    | users        | {access key id: ARN}; an id that is not named is the IAM user of that name |
    | role, account, instance_id, region | the instance's; metadata has keys of another role at once |
    | token_life   | seconds that an ECR token lives |
    | session_life | seconds that the instance's keys live |
    | delay        | {service: seconds before it answers}, services as in `count_calls` |
    | colon        | True: passwords contain a colon |

    `configure(rotate=True)` is not kept: it makes metadata hand out new keys for the same role, once.
    """

    metadata: str = "on"
    ecr: str = "ok"
    ecr_public: str = "ok"
    sts: str = "ok"
    script: dict[str, dict[str, Any]] = field(default_factory=dict)
    container: str = "ok"
    tasks: dict[str, str] = field(default_factory=lambda: {TASK: "task-role"})
    pods: dict[str, str] = field(default_factory=dict)
    sso: str = "ok"
    sign_ins: dict[str, str] = field(default_factory=dict)
    renewals: dict[str, str] = field(default_factory=dict)
    trust: dict[str, dict[str, Any]] = field(default_factory=dict)
    proxy: str = "ok"
    proxy_users: dict[str, str] = field(default_factory=dict)
    repositories: dict[str, bool] = field(default_factory=dict)
    policies: dict[str, bool] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    role: str = "app-role"
    account: str = "123456789012"
    instance_id: str = "i-0abcdef1234567890"
    region: str = "us-east-1"
    token_life: float = 43200
    session_life: float = 21600
    delay: dict[str, float] = field(default_factory=dict)
    colon: bool = False

    def __post_init__(self) -> None:
        """Refuse a value that no code here acts on."""
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise ValueError(f"{name} is one of {', '.join(choices)}")
        if not set(self.delay) <= set(SERVICES):
            raise ValueError(f"delay is for {', '.join(SERVICES)}")
        if not all(
            service in _SCRIPTABLE_SERVICES and script.keys() == _SCRIPT_KEYS for service, script in self.script.items()
        ):
            raise ValueError(f"script is for {', '.join(_SCRIPTABLE_SERVICES)}, with code, status and message")

    def with_changes(self, changes: dict[str, object]) -> Behaviour:
        """Give this behaviour with changes by name; ValueError for a name that there is not."""
        unknown = set(changes) - {attribute.name for attribute in fields(self)}
        if unknown:
            raise ValueError(f"nothing to tell is called {', '.join(sorted(unknown))}")
        return replace(self, **changes)  # type: ignore[arg-type]  # checked by name above

    def mode_of(self, service: str) -> str:
        """Give how a service behaves, by its name in `SERVICES`."""
        return str(getattr(self, service.replace("-", "_")))
