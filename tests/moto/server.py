"""A program that serves moto on a loopback port, which it prints, until its standard input ends.

It is a separate process, because moto's warnings are not ours to fix. Two properties of the responses, on which the
helper depends, are corrected; every decision remains moto's. moto reports a refusal in the XML of IAM for every
service, whereas ECR reports it in JSON and with other codes (AWS page "Common errors" of the Amazon ECR API). And the
tokens of moto expired in 2015. With `--as-it-is`, nothing is corrected.
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
    """A WSGI application that answers ECR's clients as ECR would."""

    def __init__(self, moto: WSGIApplication) -> None:
        self._moto = moto

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        response = Response.from_app(self._moto, environ, buffered=True)
        if "HTTP_X_AMZ_TARGET" in environ:  # of the services used here, only ECR has this header
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
    """Serve until the input ends, which it does when the parent process ends."""
    moto = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, moto if "--as-it-is" in sys.argv else EcrErrorFormat(moto), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)  # noqa: T201  (how it is found)
    sys.stdin.read()


if __name__ == "__main__":
    main()
