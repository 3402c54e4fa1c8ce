#!/bin/sh
# Starts Refrain with the Python beside this file, whatever the user's own Python is set to.
here=$(dirname "$(readlink -f "$0")")
unset PYTHONPATH PYTHONHOME PYTHONPLATLIBDIR PYTHONSTARTUP PYTHONPYCACHEPREFIX PYTHONOPTIMIZE PYTHONINSPECT PYTHONWARNINGS
export PYTHONNOUSERSITE=1 PYTHONSAFEPATH=1 PYTHONDONTWRITEBYTECODE=1
exec "$here/@PYTHON@" -I -m app "$@"
