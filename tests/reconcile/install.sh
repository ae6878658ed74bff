#!/bin/sh
# Installs OpenRefine (Debian), which the tests of this folder drive. What is there already is left alone. What cannot be
# installed, as without a network, is said, and its test skips with a reason; only with CLIENTS_REQUIRED=1 is an
# installation that was tried and failed an error (exit code 1).
set -u

say() { echo "reconcile: $*" >&2; }

command -v openrefine >/dev/null && exit 0
if ! command -v apt-get >/dev/null; then
    say "OpenRefine is missing, and there is no apt-get to install it with (openrefine); its test will skip"
    exit 0
fi
if [ "$(id -u)" != 0 ]; then
    say "OpenRefine is missing; as root: apt-get install --no-install-recommends openrefine; until then its test will skip"
    exit 0
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() { DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1 </dev/null; }

say "installing OpenRefine (openrefine)"
if ! { quietly apt-get install -y --no-install-recommends openrefine ||
    { quietly apt-get update && quietly apt-get install -y --no-install-recommends openrefine; }; }; then
    say "OpenRefine could not be installed: $(tail -n 1 "$log")"
    [ "${CLIENTS_REQUIRED:-}" != 1 ] || exit 1
    say "warning: its test will skip (CLIENTS_REQUIRED=1 makes this an error)"
fi
