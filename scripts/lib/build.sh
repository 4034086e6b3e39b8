# What scripts/test, scripts/up and scripts/bench build. Each is quick when nothing changed.
# shellcheck shell=bash

# build_preset <preset> [target...]
build_preset() {
  local preset=$1
  shift
  if [ ! -f "build/$preset/build.ninja" ]; then cmake --preset "$preset"; fi
  cmake --build "build/$preset" -j "$(jobs_count)" ${1:+--target "$@"}
}

build_hosts() { build_preset native-release automator67-node automator67 automator67-sync; }

# The engine for the page, and the page. Vite takes seconds even for nothing, so its inputs decide.
build_page() {
  build_preset wasm-release
  local inputs
  inputs=$(page_inputs)
  if [ -f web/dist/index.html ] && stamp_is build/page-stamp "$inputs"; then return; fi
  npm run --silent build --workspace web
  mkdir -p build
  echo "$inputs" >build/page-stamp
}

page_inputs() {
  {
    find web worker/src package-lock.json -type f \
      -not -path 'web/dist/*' -not -path '*/node_modules/*' -print0 | sort -z | xargs -0 sha256sum
  } | hash_of -
}
