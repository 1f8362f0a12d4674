#!/bin/sh
# Makes the virtual environment VENV from the hashed LOCK, with annotator itself in it: .ci/setup.sh VENV LOCK STAMP
set -eu

venv=$1
lock=$2
stamp=$3

rm -f "$stamp"
if ! "$venv/bin/python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1 \
    || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    rm -rf "$venv"
    sh .ci/python.sh -c 'import ensurepip, venv' 2>/dev/null || {
        # Says so itself when there is no Python at all.
        sh .ci/python.sh -c '' || exit 1
        echo "This Python cannot make virtual environments: install its venv package (Debian: apt-get install python3-venv)." >&2
        exit 1
    }
    echo "Making $venv ..."
    sh .ci/python.sh -m venv "$venv"
fi
echo "Installing the packages named in $lock ..."
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: --requirement "$lock"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation --editable .
touch "$stamp"
