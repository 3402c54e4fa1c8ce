"""`python -m tests.rig COMMAND...`: runs a program on the virtual display and sound card, for benchmarks and pictures."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.rig.display import virtual_display
from tests.rig.sound_card import virtual_sound_card

if __name__ == "__main__":
    with virtual_display() as display, virtual_sound_card() as card:
        sys.exit(subprocess.call(sys.argv[1:], env={**os.environ, **display, **card.env}))
