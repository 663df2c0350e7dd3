"""Writes settings of many rules: `python -I rules.py FILE HOST`, the last of which is for HOST."""

import sys
from pathlib import Path

RULES = 200

rules = [f'match = "{number:012}"\nrole_arn = "arn:aws:iam::{number:012}:role/pull"\n' for number in range(RULES - 1)]
rules.append(f'match = "{sys.argv[2]}"\ntimeout = 30\n')
Path(sys.argv[1]).expanduser().write_text("".join(f"[[rule]]\n{rule}" for rule in rules))
