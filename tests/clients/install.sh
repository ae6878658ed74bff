#!/bin/sh
# Installs the clients that tests run: Apache Jena and Graphviz (Debian); Comunica, Cytoscape.js and the readers of Gephi
# Lite (npm). What is there already is left alone, so that a second run takes no time. What cannot be installed, as without
# a network, is said, and its tests skip with a reason; only with CLIENTS_REQUIRED=1 is an installation that was tried and
# failed an error (exit code 1).
set -u
cd "$(dirname "$0")" || exit 1
failed=0

say() { echo "clients: $*" >&2; }

# install_packages WHAT PACKAGE...
install_packages() {
    what=$1
    shift
    if ! command -v apt-get >/dev/null; then
        say "$what is missing, and there is no apt-get to install it with ($*); its tests will skip"
    elif [ "$(id -u)" != 0 ]; then
        say "$what is missing; as root: apt-get install --no-install-recommends $*; until then its tests will skip"
    else
        say "installing $what ($*)"
        if ! { quietly apt-get install -y --no-install-recommends "$@" ||
            { quietly apt-get update && quietly apt-get install -y --no-install-recommends "$@"; }; }; then
            say "$what could not be installed: $(tail -n 1 "$log")"
            failed=1
        fi
    fi
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() { DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1 </dev/null; }

node_is_new_enough() {
    command -v node >/dev/null && command -v npm >/dev/null &&
        node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)'
}

java -version >/dev/null 2>&1 || install_packages "a Java runtime" default-jre-headless
[ -e /usr/share/java/jena-cmds.jar ] || install_packages "Apache Jena" libapache-jena-java
command -v dot >/dev/null || install_packages "Graphviz" graphviz

node_is_new_enough || install_packages "Node.js 18 or newer" nodejs npm
if ! cmp -s package-lock.json node_modules/.installed-lock.json; then
    if node_is_new_enough; then
        say "installing Comunica and Cytoscape.js into node_modules"
        if quietly npm ci --no-audit --no-fund --ignore-scripts; then
            cp package-lock.json node_modules/.installed-lock.json
        else
            say "Comunica and Cytoscape.js could not be installed: $(grep -m 1 'npm error' "$log")"
            failed=1
        fi
    else
        say "Comunica and Cytoscape.js need Node.js 18 or newer with npm; its tests will skip"
    fi
fi
if [ "$failed" = 1 ] && [ "${CLIENTS_REQUIRED:-}" != 1 ]; then
    say "warning: not all clients could be installed; their tests will skip (CLIENTS_REQUIRED=1 makes this an error)"
    exit 0
fi
exit $failed
