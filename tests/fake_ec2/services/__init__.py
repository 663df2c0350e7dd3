"""A stand-in for AWS: metadata (IMDSv2), credentials of containers, SSO, STS, ECR, ECR Public, and the registries.

It needs only the standard library of Python 3.9 or newer. In a test, on the loopback, without root:

    with serve() as cloud:
        environment.update(cloud.environment())  # points botocore here
        cloud.configure(ecr="deny")

As a program, inside a network namespace that has AWS's addresses and names:

    python3 -m tests.fake_ec2.services --metadata 169.254.169.254:80 --tls 198.51.100.1:443=DIRECTORY \
        --registry 127.0.0.1:5000 --control SOCKET

`Control(SOCKET)` then has the same methods as the object that `serve()` yields: `configure`, `reset`, `count_calls`,
`read_log`, `forget` (see `Cloud`). `Behaviour` lists what can be configured.

Signatures are not checked. Even so, a call must be signed, its scope must name the service and region that it is sent
to, and keys that the stand-in issued must be used with their session token.
"""

from tests.fake_ec2.services.behaviour import Behaviour
from tests.fake_ec2.services.control import Control
from tests.fake_ec2.services.loopback import Loopback, serve
from tests.fake_ec2.services.state import Cloud

__all__ = ["Behaviour", "Cloud", "Control", "Loopback", "serve"]
