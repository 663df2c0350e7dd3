"""The catalogue of failures, shown: for each id a scene in which it comes about, on the installed executable.

python3 -m tests.errors           writes the tables of docs/errors.md anew
"""
