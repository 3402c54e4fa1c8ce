"""Odd input for every parser: one small file a target in `targets/`, named by what it parses (see `target.Target`, `inputs`).

`python -m tests.fuzz --list`; `python -m tests.fuzz TARGET --minutes 10` (or `all`) tries random ones in a child process.
"""
