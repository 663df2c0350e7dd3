"""`python3 -m tests.golden`: write each story anew, as it comes out now."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.fake_ec2.services import serve
from tests.golden.session import list_stories, replay_story

for story in list_stories():
    with tempfile.TemporaryDirectory() as home, serve() as cloud:
        story.write_text(replay_story(story, cloud, Path(home)))
