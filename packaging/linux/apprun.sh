#!/bin/sh
# What the AppImage's runtime starts: the launcher of the tree that is mounted beside this file.
here=$(dirname "$(readlink -f "$0")")
exec "$here/opt/refrain/bin/refrain" "$@"
