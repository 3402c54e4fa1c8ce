"""What breaks under a user, done on purpose with real processes, disks and servers: what is lost each time, and what is said.

`python -m tests.faults NAME...` injects faults again; `--out PAGE` injects all of them and writes the page of
`resources/report`. A fault is a function in one of the files here, see `fault.py`. They take minutes and are no tests: that the
page and the faults agree is one.
"""
