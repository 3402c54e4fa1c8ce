"""Everything that can run without a screen."""

from engine import threads

threads.sleep_while_waiting()  # which must come before torch
