"""The speed of the helper, compared with an interpreter that does nothing and with other ways to get an ECR token.

`python -m tests.benchmarks` prints the tables of docs/benchmarks.md. Each figure of the first is a ratio of medians
within one run in which the programs took turns, so that a slower or busier machine affects both sides. The second has
the seconds that a client waits when AWS does not respond, once each.
"""
