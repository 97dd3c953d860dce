#!/bin/sh
# The driver's Python, as spark-submit starts it. It leaves the exit code where the launcher looks, because after a training by
# SynapseML the JVM stays although its driver has ended: a thread of its pool is no daemon.
"$QUALSCORE_HOME/.venv/bin/python" "$@"
code=$?
echo "$code" > "$QUALSCORE_ENDED.new" && mv "$QUALSCORE_ENDED.new" "$QUALSCORE_ENDED"
exit "$code"
