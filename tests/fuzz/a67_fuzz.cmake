# a67_fuzz(<name> SOURCES <file>... [DEPS <library>...])
# One fuzz target per parser of outside bytes. The source defines LLVMFuzzerTestOneInput; its seeds lie in
# tests/fuzz/corpus/<name>/. In every build the seeds (and cut and bent copies of them) are replayed as the test
# fuzz_<name>; with -DA67_FUZZ=ON the program is a libFuzzer binary instead, to be run by hand:
#   build/<dir>/tests/fuzz/fuzz_<name> -max_total_time=60 tests/fuzz/corpus/<name>
option(A67_FUZZ "Build the fuzz targets with libFuzzer instead of replaying their seeds" OFF)
set(A67_FUZZ_FOLDER "${CMAKE_CURRENT_LIST_DIR}")

if(NOT A67_FUZZ)
  add_library(a67_fuzz_replay STATIC "${A67_FUZZ_FOLDER}/replay_main.cpp")
  target_link_libraries(a67_fuzz_replay PRIVATE a67_options)
  a67_use_precompiled(a67_fuzz_replay a67_precompiled)
endif()

function(a67_fuzz name)
  cmake_parse_arguments(FUZZ "" "" "SOURCES;DEPS" ${ARGN})
  set(program fuzz_${name})
  add_executable(${program} ${FUZZ_SOURCES})
  target_link_libraries(${program} PRIVATE a67_options ${FUZZ_DEPS})
  if(A67_FUZZ)
    target_compile_options(${program} PRIVATE -fsanitize=fuzzer)
    # libFuzzer's runtime was built against libstdc++; by file name, since clang swaps a plain -lstdc++ for libc++.
    target_link_options(${program} PRIVATE -fsanitize=fuzzer -l:libstdc++.so.6)
  else()
    target_link_libraries(${program} PRIVATE a67_fuzz_replay)
    a67_use_precompiled(${program} a67_precompiled)
  endif()
  set(corpus "${A67_FUZZ_FOLDER}/corpus/${name}")
  if(A67_FUZZ)
    add_test(NAME ${program} COMMAND ${program} -runs=0 "${corpus}")
  else()
    add_test(NAME ${program} COMMAND ${program} "${corpus}")
  endif()
  set_tests_properties(${program} PROPERTIES COST 10 TIMEOUT 120 LABELS fuzz)
endfunction()
