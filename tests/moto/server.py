"""The program that serves moto on a port of the loopback, which it prints, until its standard input ends.

A process of its own: what moto warns about is not ours to mend. Two things that the helper's way depends on are set
right at its door; every judgement stays moto's. It tells a refusal in the XML of IAM, whatever service was asked, where
ECR says the same in JSON and by other codes (AWS page "Common errors" of the Amazon ECR API). And its tokens have
expired in 2015. With `--as-it-is` nothing is set right.
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from typing import TYPE_CHECKING

from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from moto.server import DomainDispatcherApplication, create_backend_app

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_HOURS_12 = 12 * 3600  # seconds
_CODES = {
    "AccessDenied": "AccessDeniedException",
    "InvalidClientTokenId": "UnrecognizedClientException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
}
_REFUSAL = re.compile("<Code>(.*)</Code>.*<Message>(.*)</Message>", re.DOTALL)


class EcrErrorFormat:
    """An application that answers ECR's clients as ECR would."""

    def __init__(self, moto: WSGIApplication) -> None:
        self._moto = moto

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        response = Response.from_app(self._moto, environ, buffered=True)
        if "HTTP_X_AMZ_TARGET" in environ:  # of the services asked here, ECR alone has one
            response.set_data(_to_ecr_format(response.get_data(as_text=True)))
        chunks: Iterable[bytes] = response(environ, start_response)
        return chunks


def _to_ecr_format(body: str) -> str:
    refusal = _REFUSAL.search(body)
    if refusal is not None:
        return json.dumps({"__type": _CODES[refusal[1]], "message": refusal[2]})
    answer = json.loads(body)
    for authorization in answer["authorizationData"]:
        authorization["expiresAt"] = time.time() + _HOURS_12
    return json.dumps(answer)


def main() -> None:
    """Serve until the input ends, which it does when whoever started this does."""
    moto = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, moto if "--as-it-is" in sys.argv else EcrErrorFormat(moto), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)  # noqa: T201  (how it is found)
    sys.stdin.read()


if __name__ == "__main__":
    main()
