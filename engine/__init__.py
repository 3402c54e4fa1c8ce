"""Everything that can run without a screen."""

from engine import offline, threads

offline.switch_off()  # which must come before any library that would report
threads.prepare_libraries()  # which must come before numpy and torch
