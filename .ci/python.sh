#!/bin/sh
# Runs the newest Python that annotator supports: .ci/python.sh ARGUMENT...
set -eu

for python in python3.13 python3.12 python3.11 python3 python; do
    # A name can be on the path and still not run, so each one is asked for its version.
    if "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1; then
        exec "$python" "$@"
    fi
done
echo "annotator needs Python 3.11, 3.12 or 3.13, and none was found: install one (Debian: apt-get install python3 python3-venv)." >&2
exit 1
