"""A stand-in for a fresh EC2 instance that runs on one Linux machine (see README.md in this directory)."""

from tests.fake_ec2.image import Image
from tests.fake_ec2.instance import Instance
from tests.fake_ec2.layers import Bind

__all__ = ["Bind", "Image", "Instance"]
