"""A stand-in for a fresh EC2 instance, made on one Linux machine: see README.md here."""

from .image import Image
from .instance import Instance
from .layers import Bind

__all__ = ["Bind", "Image", "Instance"]
