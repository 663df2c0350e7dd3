"""A simulation of ten thousand instances for a week under the limits of AWS, with this package and the incumbent.

The policy is the package's own: cache/lifetime.py, timeouts.py and Lifetime are called, not copied. Around them
helper.py simulates the processes of a `get`, which tokens/ implements in real time.
"""
