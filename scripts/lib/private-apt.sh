# An apt of our own: this machine's mirror, but other suites, with lists, state and cache in one folder.
# The system's sources and lists stay as they are. apt checks the suite's signature and every hash.
# shellcheck shell=bash

# private_apt_open <folder> <deb|deb-src> <suite>...
private_apt_open() {
  local folder=$1 kind=$2 suite
  shift 2
  rm -rf "$folder"
  mkdir -p "$folder"/lists/partial "$folder"/cache/archives/partial
  : >"$folder/status"
  local mirror
  mirror=$(debian_mirror)
  for suite; do
    echo "$kind [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
  done >"$folder/sources.list"
  PRIVATE_APT=(-q
    -o "Dir::Etc::SourceList=$folder/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null
    -o "Dir::State=$folder" -o "Dir::State::status=$folder/status" -o "Dir::Cache=$folder/cache"
    -o APT::Sandbox::User= -o Acquire::Languages=none -o Acquire::Retries=3)
  apt-get "${PRIVATE_APT[@]}" update >&2
}

private_apt() { apt-get "${PRIVATE_APT[@]}" "$@"; }

# The Debian mirror this machine already uses; A67_DEBIAN_MIRROR overrides it.
debian_mirror() {
  local mirror=${A67_DEBIAN_MIRROR:-}
  if [ -z "$mirror" ] && command -v apt-get >/dev/null; then
    # shellcheck disable=SC2016 # apt's own placeholders
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(LABEL)' 'Created-By: Packages' |
      awk '$2 == "Debian" && !seen { seen = $1 } END { print seen }')
  fi
  echo "${mirror:-http://deb.debian.org/debian/}"
}
