# The toolchain file of the wasm presets: takes the Emscripten that scripts/setup-emscripten found.
get_filename_component(A67_SOURCE_ROOT "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
set(A67_EMSCRIPTEN_NOTE "${A67_SOURCE_ROOT}/.toolchain/emscripten-root")
if(NOT EXISTS "${A67_EMSCRIPTEN_NOTE}")
  message(FATAL_ERROR "Emscripten is not set up. Run scripts/setup first.")
endif()
file(STRINGS "${A67_EMSCRIPTEN_NOTE}" A67_EMSCRIPTEN_ROOT LIMIT_COUNT 1)
get_filename_component(EMSCRIPTEN_ROOT_PATH "${A67_EMSCRIPTEN_ROOT}" ABSOLUTE BASE_DIR "${A67_SOURCE_ROOT}")
include("${EMSCRIPTEN_ROOT_PATH}/cmake/Modules/Platform/Emscripten.cmake")

# A thread-less program (no Threads package needed). The engine waits for networks and people, so its size counts; what is
# slow on purpose (Argon2id, in C) is built for speed.
set(CMAKE_C_FLAGS_RELEASE "-O3" CACHE STRING "")
set(CMAKE_CXX_FLAGS_RELEASE "-Oz" CACHE STRING "")
