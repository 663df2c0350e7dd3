"""A stand-in for a fresh EC2 instance, made on one Linux machine: see README.md here."""

from tests.instance.image import Image
from tests.instance.instance import Instance
from tests.instance.layers import Bind

__all__ = ["Bind", "Image", "Instance"]
