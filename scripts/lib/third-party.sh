# Third-party sources, from Debian's source packages, into third_party/ (never committed).
# The hashes are pinned here: whatever mirror answers, the bytes are these or nothing.
# shellcheck shell=bash

# folder in third_party | source package | its version | sha256 of the upstream tarball | what we keep of it
readonly THIRD_PARTY_SOURCES='
nlohmann_json|nlohmann-json3|3.11.3|0d8ef5af7f9794e3263480193c491549b2ba6cc74bb018906202ada498a79406|include LICENSE.MIT
catch2|catch2|3.7.1|c991b247a1a0d7bb9c39aa35faf0fe9e19764213f28ffba3109388e62ee0269c|extras/catch_amalgamated.hpp extras/catch_amalgamated.cpp LICENSE.txt
libyaml|libyaml|0.2.5|fa240dbf262be053f3898006d502d514936c818e422afdcf33921c63bed9bf2e|include src License
libsodium|libsodium|1.0.18|d59323c6b712a1519a5daf710b68f5e7fde57040845ffec53850911f10a5d4f4|src/libsodium LICENSE
'

third_party_setup() {
  local want
  want=$(hash_of - <<<"$THIRD_PARTY_SOURCES")
  if stamp_is third_party/ready "$want"; then return; fi

  need_packages ca-certificates debian-archive-keyring xz-utils
  say "fetching third-party sources"
  local work
  work=$(mktemp -d)
  # shellcheck disable=SC2064 # the folder of now, not of later
  trap "rm -rf '$work'" EXIT
  private_apt_open "$work/apt" deb-src trixie bookworm
  mkdir "$work/tarballs" "$work/third_party"

  local folder package version sha256 keep paths
  while IFS='|' read -r folder package version sha256 keep; do
    if [ -z "$folder" ]; then continue; fi
    third_party_fetch "$work" "$package" "$version" "$sha256"
    mkdir "$work/third_party/$folder"
    read -ra paths <<<"$keep"
    tar -x --strip-components=1 -C "$work/third_party/$folder" --wildcards \
      --no-wildcards-match-slash -f "$work/$package.tar" "${paths[@]/#/*/}" # below the tarball's one folder
  done <<<"$THIRD_PARTY_SOURCES"
  mv "$work"/third_party/catch2/extras/* "$work/third_party/catch2/"
  rmdir "$work/third_party/catch2/extras"

  echo "$want" >"$work/third_party/ready"
  rm -rf third_party
  mv "$work/third_party" third_party
  rm -rf "$work"
  trap - EXIT
}

# Leaves <work>/<package>.tar, or stops with the reason.
third_party_fetch() {
  local work=$1 package=$2 version=$3 sha256=$4 suite tarball
  for suite in trixie bookworm; do
    (cd "$work/tarballs" && private_apt source --tar-only --download-only --only-source \
      -t "$suite" "$package" >/dev/null 2>"$work/apt.log") || continue
    for tarball in "$work/tarballs/${package}_$version".orig.tar.*; do
      if [ -f "$tarball" ] && echo "$sha256  $tarball" | sha256sum -c --status; then
        case $tarball in
          *.gz) gzip -dc "$tarball" ;;
          *.xz) xz -dc "$tarball" ;;
        esac >"$work/$package.tar"
        return
      fi
    done
  done
  cat "$work/apt.log" >&2
  die "the source of $package $version with the pinned sha256 is not to be had from $(debian_mirror)" \
    "Try another mirror: A67_DEBIAN_MIRROR=http://... scripts/setup"
}
