"""Sessions that users meet most, one text file a story: session.py tells how to read them.

test_golden.py replays each and finds it unchanged. What has changed on purpose is written anew by
`python3 -m tests.golden`, in an environment that has the wheel, and read by whoever changed it, line by line.
"""
