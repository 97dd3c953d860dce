#!/usr/bin/env bash
# The one launcher: ./spark-submit.sh JOB [ARGUMENTS] [-- SPARK-SUBMIT OPTIONS]; ./spark-submit.sh --help lists the jobs.
# It finds a Python 3.11; qualscore/launcher does the rest with the standard library alone, so that it can make the environment.
set -euo pipefail
home=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
for python in "$home/.venv/bin/python" python3.11 python3; do
  if "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
    export QUALSCORE_HOME="$home" PYTHONPATH="$home${PYTHONPATH:+:$PYTHONPATH}"
    # Modules are compiled once, whatever this shell says: without it each of a run's Pythons spends 5 to 10 s on it again.
    export PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX="$home/.qualscore/bytecode"
    exec "$python" -P -m qualscore.launcher "$@"
  fi
done
echo "Python 3.11 is needed and was not found: install it so that python3.11 is on the PATH, then start again." >&2
exit 2
