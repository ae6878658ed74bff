#!/bin/sh
# Builds the scripts of the pages into api/static. Node.js 20.19 or newer is taken from the PATH; without it, a pinned one
# from PyPI is put beside the packages. `WEB_REQUIRED=1` makes it an error that they cannot be built; else that is said, and
# the pages come without scripts: they are whole without them.
set -u
cd "$(dirname "$0")" || exit 1
python=${1:?usage: build.sh PYTHON}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

give_up() {
    echo "web: $1" >&2
    sed 's/^/web:   /' "$log" | tail -n 20 >&2
    [ "${WEB_REQUIRED:-}" = 1 ] && exit 1
    echo "web: the pages will come without scripts (WEB_REQUIRED=1 makes this an error)" >&2
    exit 0
}

new_enough() {
    command -v node >/dev/null && command -v npm >/dev/null && node -e '
        const [major, minor] = process.versions.node.split(".").map(Number);
        process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)'
}

if ! new_enough; then
    echo "web: fetching Node.js, since the PATH has none of version 20.19 or newer" >&2
    "$python" -m pip install --disable-pip-version-check --quiet --require-hashes --requirement requirements.lock \
        >"$log" 2>&1 || give_up "Node.js could not be fetched"
    PATH="$("$python" -c 'import sysconfig; print(sysconfig.get_path("scripts"))'):$PATH"
    new_enough || give_up "Node.js 20.19 or newer is needed"
fi
if ! cmp -s package-lock.json node_modules/.installed-lock.json; then
    echo "web: installing packages" >&2
    npm ci --no-audit --no-fund --ignore-scripts >"$log" 2>&1 </dev/null || give_up "the packages could not be installed"
    cp package-lock.json node_modules/.installed-lock.json
fi
npm run --silent check >"$log" 2>&1 </dev/null || { cat "$log" >&2; exit 1; }
npm run --silent build >"$log" 2>&1 </dev/null || { cat "$log" >&2; exit 1; }
