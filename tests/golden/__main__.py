"""`python3 -m tests.golden`: regenerate each story from what the installed program does now."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.fake_ec2.services import serve
from tests.golden.session import list_stories, replay_story

if not Path(sys.executable).with_name("docker-credential-ecr").exists():
    sys.exit(f"tests.golden: install the checkout first: {sys.executable} -m pip install .")

for story in list_stories():
    with serve() as cloud:
        story.write_text(replay_story(story, cloud))
