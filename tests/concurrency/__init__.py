"""Many processes at once, and many times over.

`python3 -m tests.concurrency` does it as often as its table says; the tests do it a few times.
"""
