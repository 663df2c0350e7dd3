"""A backend of keyring's that raises what it is told to, before it does what it was asked or after."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from keyring.backend import KeyringBackend


class Fault(NamedTuple):
    """What is raised, by which method, and whether that has done its work by then."""

    method: str = ""
    raised: BaseException = Exception()
    late: bool = False


class Keyring(KeyringBackend):
    """Passwords in this process."""

    priority = 1
    items: ClassVar[dict[str, str]] = {}
    fault: ClassVar[Fault] = Fault()

    def get_password(self, service: str, username: str) -> str | None:
        self._fail("get", late=False)
        return self.items.get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._fail("set", late=False)
        self.items[f"{service} {username}"] = password
        self._fail("set", late=True)

    def delete_password(self, service: str, username: str) -> None:
        self._fail("delete", late=False)
        del self.items[f"{service} {username}"]
        self._fail("delete", late=True)

    def _fail(self, method: str, *, late: bool) -> None:
        if (method, late) == (self.fault.method, self.fault.late):
            raise self.fault.raised
