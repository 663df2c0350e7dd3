"""A proxy of a bus that passes everything on, and runs a callback just before a certain call."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Callable

from tests.keyrings.bus import client_variables
from tests.keyrings.programs import create_short_directory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.keyrings.bus import Bus

_CHUNK_SIZE = 1 << 16  # bytes; a call has a few thousand


@contextlib.contextmanager
def intercept(pattern: bytes, callback: Callable[[], None], bus: Bus) -> Iterator[dict[str, str]]:
    """Yield the variables that lead to the proxy, which runs `callback` when a client's call contains `pattern`."""

    def inspect(chunk: bytes) -> None:
        if pattern in chunk:
            callback()

    with create_short_directory() as directory, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(directory / "bus"))
        listener.listen()
        server_thread = threading.Thread(target=_serve, args=(listener, bus, inspect))
        server_thread.start()
        try:
            yield client_variables(directory)
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            server_thread.join()


def _serve(listener: socket.socket, bus: Bus, inspect: Callable[[bytes], None]) -> None:
    """Serve one client after the other until the listener is shut down."""
    with contextlib.suppress(OSError):
        while True:
            with listener.accept()[0] as client, socket.socket(socket.AF_UNIX) as service:
                service.connect(str(bus.directory / "bus"))
                reply_thread = threading.Thread(target=_relay, args=(service, client))
                reply_thread.start()
                _relay(client, service, inspect)
                reply_thread.join()


def _relay(source: socket.socket, sink: socket.socket, inspect: Callable[[bytes], object] = bytes) -> None:
    """Pass on all data until the source ends."""
    with contextlib.suppress(OSError):
        while chunk := source.recv(_CHUNK_SIZE):
            inspect(chunk)
            sink.sendall(chunk)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
