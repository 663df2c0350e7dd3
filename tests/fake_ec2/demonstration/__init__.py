"""The demonstration: a pull from ECR with no login, what went on behind it, and what is said when it cannot be.

What this machine gives decides how much of it: with root and namespaces a whole instance with a Docker Engine
(engine.py), with user namespaces a pull by skopeo (daemonless.py), else the helper alone on the loopback (alone.py).
Each step is shown and held to what it promises, so that the demonstration is a test as well.
"""
