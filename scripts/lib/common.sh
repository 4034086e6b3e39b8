# Helpers every script shares. Sourced, never run; sets A67_ROOT and moves there.
# shellcheck shell=bash

A67_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export A67_ROOT
cd "$A67_ROOT" || exit 1

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# die <what happened and why> [<what to do next>]
die() {
  say "$1"
  if [ $# -gt 1 ]; then printf '  %s\n' "${@:2}" >&2; fi
  exit 1
}

# Prints the comment block at the top of the calling script: a script's help is its own header.
show_help() { awk 'NR > 1 && !/^#/ { exit } NR > 1 { sub(/^# ?/, ""); print }' "$0"; }

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "root rights are needed for: $*" "Run this as root once, or install sudo."
  fi
}

# One hash over the contents of the files given; the key of every "has anything changed" stamp.
hash_of() { cat "$@" | sha256sum | cut -c1-32; }

# stamp_is <file> <value>: true when the stamp file holds exactly that value.
stamp_is() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

package_installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Installs the Debian packages that are missing, and nothing else.
need_packages() {
  local package missing=()
  for package; do
    package_installed "$package" || missing+=("$package")
  done
  if [ ${#missing[@]} = 0 ]; then return; fi
  command -v apt-get >/dev/null ||
    die "these packages are missing and this system has no apt: ${missing[*]}" \
      "Install their equivalents by hand, or use Debian 12 or 13."
  say "installing ${missing[*]}"
  as_root apt-get -q -o DPkg::Lock::Timeout=300 update >&2
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
    install --no-install-recommends "${missing[@]}" >&2
}

# Cores to build with: A67_JOBS, or all of them.
jobs_count() { echo "${A67_JOBS:-$(nproc)}"; }

# The compiler cache (in its own default folder) serves a fresh clone elsewhere too: it hashes paths relative to the
# clone, and precompiled headers by what is in them (cmake/precompiled.cmake).
export CCACHE_BASEDIR=$A67_ROOT CCACHE_NOHASHDIR=1 CCACHE_PCH_EXTSUM=1 CCACHE_SLOPPINESS=pch_defines,time_macros

# Tools that scripts/setup keeps inside the clone come first on PATH; also when it has yet to put them there, for whoever
# calls it goes on with this PATH.
PATH=$A67_ROOT/.toolchain/node/node_modules/.bin:$PATH

# The C++ files below the folders given: committed and new ones, never ignored ones.
cpp_files() {
  git ls-files --cached --others --exclude-standard -- "$@" | grep -E '\.(cpp|h|c)$' | while read -r file; do
    if [ -f "$file" ]; then echo "$file"; fi
  done
}
