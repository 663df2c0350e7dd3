"""The sessions that users meet most, one text file per story; session.py describes their format.

test_golden.py replays each story and expects the same text. After an intended change, regenerate the stories with
`python3 -m tests.golden`, in an environment that has the wheel, and review the difference line by line.
"""
