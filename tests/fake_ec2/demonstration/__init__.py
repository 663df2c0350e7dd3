"""The demonstration: a pull from ECR without a login, the calls behind it, and the message if access is denied.

Its extent depends on this machine: with root and namespaces a whole instance with a Docker Engine (engine.py),
with user namespaces a pull by skopeo (daemonless.py), otherwise the helper alone on the loopback (alone.py).
Each step is printed and its result checked, so the demonstration is also a test.
"""
