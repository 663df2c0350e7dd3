"""A way to a bus by which all goes through, but that something happens just before a certain call does."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Callable

from tests.stores.bus import variables_of
from tests.stores.programs import short_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stores.bus import Bus

_PIECE = 1 << 16  # bytes; a call has some thousand


@contextlib.contextmanager
def before(word: bytes, happens: Callable[[], None], on: Bus) -> Iterator[dict[str, str]]:
    """Give the variables of the way; `happens` is called when a client's call has `word` in it."""

    def looked_at(piece: bytes) -> None:
        if word in piece:
            happens()

    with short_folder() as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "bus"))
        listener.listen()
        serving = threading.Thread(target=_serve, args=(listener, on, looked_at))
        serving.start()
        try:
            yield variables_of(folder)
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            serving.join()


def _serve(listener: socket.socket, on: Bus, looked_at: Callable[[bytes], None]) -> None:
    """Serve one client after the other until the listener is shut."""
    with contextlib.suppress(OSError):
        while True:
            with listener.accept()[0] as client, socket.socket(socket.AF_UNIX) as service:
                service.connect(str(on.folder / "bus"))
                answering = threading.Thread(target=_pass_on, args=(service, client))
                answering.start()
                _pass_on(client, service, looked_at)
                answering.join()


def _pass_on(source: socket.socket, sink: socket.socket, looked_at: Callable[[bytes], object] = bytes) -> None:
    """Pass on all that comes, until no more does."""
    with contextlib.suppress(OSError):
        while piece := source.recv(_PIECE):
            looked_at(piece)
            sink.sendall(piece)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
