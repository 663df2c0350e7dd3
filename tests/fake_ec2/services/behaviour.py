"""The behavior that a test can configure."""

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
    """The names that `configure` accepts, with their defaults. A new value replaces the previous one as a whole.

    | name         | values |
    |--------------|--------|
    | metadata     | "on": IMDSv2; a GET without a token, or with an invalid one, is answered with 401 |
    |              | "off": 403 to every request, as if metadata is turned off |
    |              | "no-role": 404 for the role, as if none is attached |
    |              | "untrusted": the role's trust policy lacks ec2: 200 with Code and Message, no keys |
    |              | "silent": accepts a request and never answers |
    |              | "refused-token": 401 to every request |
    |              | "hop-limit": the PUT is never answered, a GET without a token is answered with 401 |
    |              | "fail": 500 to every request |
    | ecr,         | "ok" |
    | ecr_public,  | "deny": AccessDeniedException with AWS's message, naming the caller |
    | sts          | "throttle", "throttle-429": ThrottlingException with status 400, 429 |
    |              | "fail": ServerException, 500 |
    |              | "hang": accepts a request and never answers |
    |              | "drip": the correct answer, one byte per second |
    |              | "expired", "invalid": AWS's error for such credentials; "skewed": for a wrong clock |
    |              | "garbled": 200 with bytes that are not even text |
    |              | "portal": 200 with an HTML page, as from a captive portal |
    |              | "empty": 200 without authorization data |
    | script       | {service: {code, status, message}}: "ecr", "ecr-public" or "sts" refuse with this error; |
    |              | {principal}, {action} and {resource} in its message are the call's; recorded.py has AWS's errors |
    | container    | "ok"; "fail": 500 to every request; "silent": never answers |
    | tasks        | {path of the credentials of an ECS task: role} |
    | pods         | {subject of a web identity (web_identities.py): its role in EKS Pod Identity} |
    | sso          | "ok"; "deny": ForbiddenException for every role; "fail": 500; "hang": never answers |
    | sign_ins     | {SSO access token: name of the signed-in user} |
    | renewals     | {SSO refresh token: the access token that it is exchanged for} |
    | trust        | {ARN of a role: {"by": [ARNs and subjects of web identities], "external_id": text, |
    |              | "longest": seconds}}; a role or a condition that is not listed is open to all |
    | proxy        | "ok": HTTPS passes, plain HTTP is answered with 503; "swallow": plain HTTP is never answered |
    | proxy_users  | {name: password}; {}: the proxy requires no password |
    | repositories | {account: may principals of other accounts pull from it?}; True for an account that is not listed |
    | policies     | {name of a role or user: may it get a token?}; True for a name that is not listed |
    | users        | {access key id: ARN}; an id that is not listed is the IAM user of that name |
    | role, account, instance_id, region | the instance's; after a change of role, metadata has new keys at once |
    | token_life   | lifetime of an ECR token in seconds |
    | session_life | lifetime of the instance's keys in seconds |
    | delay        | {service: seconds before it answers}, with the services of `count_calls` |
    | colon        | True: passwords contain a colon |

    `configure(rotate=True)` is not stored: it makes metadata issue new keys for the same role, once.
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
        """Reject a value that no code here acts on. Raises ValueError."""
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
        """Return this behavior with changes by name. Raises ValueError for an unknown name."""
        unknown = set(changes) - {attribute.name for attribute in fields(self)}
        if unknown:
            raise ValueError(f"nothing to tell is called {', '.join(sorted(unknown))}")
        return replace(self, **changes)  # type: ignore[arg-type]  # checked by name above

    def mode_of(self, service: str) -> str:
        """Return the mode of a service, by its name in `SERVICES`."""
        return str(getattr(self, service.replace("-", "_")))
