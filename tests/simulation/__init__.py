"""Ten thousand instances, a week, and the limits of AWS: the policy of this package and the incumbent's, simulated.

The policy is the package's own: cache/lifetime.py, timeouts.py and Lifetime are called, not copied. Around them
helper.py simulates the processes of a `get`, which tokens/ implements in real time.
"""
