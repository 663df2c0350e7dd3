"""Ten thousand instances, a week, and the limits of AWS: the policy of this package and the incumbent's, simulated.

The policy is the package's own: freshness.py, patience.py and Lifetime are called, not copied. Around them helper.py
tells the processes of a `get` in simulated time, as resolve.py and its neighbours make them in real time.
"""
