"""Everything that can run without a screen."""

from engine import offline, threads

offline.switch_off()  # which must come before any library that would report
threads.sleep_while_waiting()  # which must come before torch
