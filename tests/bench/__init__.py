"""How quick the helper is, beside an interpreter that does nothing and beside what else gives a token of ECR.

`python -m tests.bench` prints the table of README.md. Each figure is a ratio of medians within one run in which the
programs took turns, so that a slower or busier machine moves both sides of it.
"""
