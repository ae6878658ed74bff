#!/bin/sh
# Installs Chromium (Debian), which the tests of this folder drive. What is there already is left alone. What cannot be
# installed, as without a network, is said, and its tests skip with a reason; only with CLIENTS_REQUIRED=1 is an
# installation that was tried and failed an error (exit code 1).
set -u

say() { echo "web: $*" >&2; }

for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && exit 0
done
if ! command -v apt-get >/dev/null; then
    say "Chromium is missing, and there is no apt-get to install it with (chromium); its tests will skip"
    exit 0
fi
if [ "$(id -u)" != 0 ]; then
    say "Chromium is missing; as root: apt-get install --no-install-recommends chromium; until then its tests will skip"
    exit 0
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() { DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1 </dev/null; }

say "installing Chromium (chromium)"
if ! { quietly apt-get install -y --no-install-recommends chromium ||
    { quietly apt-get update && quietly apt-get install -y --no-install-recommends chromium; }; }; then
    say "Chromium could not be installed: $(tail -n 1 "$log")"
    [ "${CLIENTS_REQUIRED:-}" != 1 ] || exit 1
    say "warning: its tests will skip (CLIENTS_REQUIRED=1 makes this an error)"
fi
