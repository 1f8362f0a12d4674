#!/bin/sh
# Installs the programs that our files are for into environments of their own: .ci/readers.sh FOLDER REQUIREMENTS NAME...
set -eu

folder=$1
named=$2
shift 2

# One environment a list, as Label Studio and doccano want different versions of Django.
for name in "$@"; do
    stamp=$folder/$name/.ready
    if [ -e "$stamp" ] && [ "$stamp" -nt "$named/$name.txt" ]; then
        continue
    fi
    echo "Installing the packages named in $named/$name.txt into $folder/$name ..."
    sh .ci/python.sh -m venv --clear "$folder/$name"
    "$folder/$name/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$named/$name.txt"
    if [ -e "$named/$name-alone.txt" ]; then
        "$folder/$name/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
            --requirement "$named/$name-alone.txt"
    fi
    touch "$stamp"
done
