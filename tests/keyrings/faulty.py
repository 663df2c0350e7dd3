"""A keyring backend that raises a configured exception before or after an operation."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from keyring.backend import KeyringBackend


class Fault(NamedTuple):
    """An exception, the method that raises it, and whether the method has done its work by then."""

    method: str = ""
    exception: BaseException = Exception()
    is_late: bool = False


class Keyring(KeyringBackend):
    """A keyring that keeps passwords in this process."""

    priority = 1
    items: ClassVar[dict[str, str]] = {}
    fault: ClassVar[Fault] = Fault()

    def get_password(self, service: str, username: str) -> str | None:
        self._raise_fault("get", is_late=False)
        return self.items.get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._raise_fault("set", is_late=False)
        self.items[f"{service} {username}"] = password
        self._raise_fault("set", is_late=True)

    def delete_password(self, service: str, username: str) -> None:
        self._raise_fault("delete", is_late=False)
        del self.items[f"{service} {username}"]
        self._raise_fault("delete", is_late=True)

    def _raise_fault(self, method: str, *, is_late: bool) -> None:
        if (method, is_late) == (self.fault.method, self.fault.is_late):
            raise self.fault.exception
