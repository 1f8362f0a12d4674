#!/bin/sh
# Writes requirements-dev.lock and requirements.lock, for every supported Python and system: .ci/lock.sh UV EXTRA...
set -eu

uv=$1
shift
compile() {
    "$uv" pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --upgrade \
        --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' "$@"
}
compile pyproject.toml .ci/build.in "$@" --output-file requirements-dev.lock
# What runs is what was tested: the same versions, without the tools.
compile pyproject.toml .ci/build.in --constraint requirements-dev.lock --output-file requirements.lock
