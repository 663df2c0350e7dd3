"""Scenarios for the error catalog: each error is caused on the installed executable.

python3 -m tests.errors           writes the tables of docs/errors.md
"""
