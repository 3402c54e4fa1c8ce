"""A machine to test on: a virtual sound card and a virtual display for programs that run in child processes."""
