"""How quick the helper is, beside an interpreter that does nothing and beside what else gives a token of ECR.

`python -m tests.benchmarks` prints the tables of README.md. Each figure of the first is a ratio of medians within one
run in which the programs took turns, so that a slower or busier machine moves both sides of it. The second tells how
long a client waits when AWS does not answer, once each.
"""
