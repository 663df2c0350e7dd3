"""A stand-in for AWS: metadata (IMDSv2), credentials of containers, SSO, STS, ECR, ECR Public, and the registries.

Standard library only: a bare Python 3.9 starts it. In a test, on the loopback, without root:

    with serve() as cloud:
        environment.update(cloud.environment())  # points botocore here
        cloud.configure(ecr="deny")

Inside a network namespace that carries AWS's addresses and names, as a program:

    python3 -m tests.fake_ec2.services --metadata 169.254.169.254:80 --tls 198.51.100.1:443=FOLDER \
        --registry 127.0.0.1:5000 --control SOCKET

`Control(SOCKET)` then has the methods that `serve()` gives: `configure`, `reset`, `count_calls`, `read_log`, `forget`
(see `Cloud`). `Behaviour` lists what can be configured.

Signatures are not checked. A call must be signed all the same, its scope must name the service and region
that are asked, and keys that the stand-in handed out must come with their session token.
"""

from tests.fake_ec2.services.behaviour import Behaviour
from tests.fake_ec2.services.control import Control
from tests.fake_ec2.services.loopback import Loopback, serve
from tests.fake_ec2.services.state import Cloud

__all__ = ["Behaviour", "Cloud", "Control", "Loopback", "serve"]
