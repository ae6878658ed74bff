#!/bin/sh
# Installs a package of Debian that tests drive: NAME PACKAGE COMMAND..., where any of the commands says that it is
# there. What is there already is left alone. What cannot be installed, as without a network, is said, and its tests skip
# with a reason; only with CLIENTS_REQUIRED=1 is an installation that was tried and failed an error (exit code 1).
set -u

say() { echo "tests: $*" >&2; }

name=$1 package=$2
shift 2
for each in "$@"; do
    command -v "$each" >/dev/null && exit 0
done
if ! command -v apt-get >/dev/null; then
    say "$name is missing, and there is no apt-get to install it with ($package); its tests will skip"
    exit 0
fi
if [ "$(id -u)" != 0 ]; then
    say "$name is missing; as root: apt-get install --no-install-recommends $package; until then its tests will skip"
    exit 0
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() { DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1 </dev/null; }

say "installing $name ($package)"
if ! { quietly apt-get install -y --no-install-recommends "$package" ||
    { quietly apt-get update && quietly apt-get install -y --no-install-recommends "$package"; }; }; then
    say "$name could not be installed: $(tail -n 1 "$log")"
    [ "${CLIENTS_REQUIRED:-}" != 1 ] || exit 1
    say "warning: its tests will skip (CLIENTS_REQUIRED=1 makes this an error)"
fi
