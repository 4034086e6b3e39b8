# a67_room(<name> SOURCES <file>... [DEPS <room or library>...])
# One library per room of the house (a67_<name>). Only the rooms named in DEPS can be linked; that the
# includes agree with the arrows is checked by scripts/check-includes. A room of headers only has no SOURCES.
function(a67_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;DEPS" ${ARGN})
  if(ROOM_SOURCES)
    add_library(a67_${name} STATIC ${ROOM_SOURCES})
    target_link_libraries(a67_${name} PRIVATE a67_options PUBLIC ${ROOM_DEPS})
    target_include_directories(a67_${name} PUBLIC "${CMAKE_SOURCE_DIR}")
    a67_use_precompiled(a67_${name} a67_precompiled)
  else()
    add_library(a67_${name} INTERFACE)
    target_link_libraries(a67_${name} INTERFACE ${ROOM_DEPS})
    target_include_directories(a67_${name} INTERFACE "${CMAKE_SOURCE_DIR}")
  endif()
endfunction()

# a67_program(<name> SOURCES <file>... [DEPS <library>...])
# A native program. Optimised ones are one static binary that runs on any Linux of the same processor family;
# sanitizers need the dynamic loader, so debug ones are not.
function(a67_program name)
  cmake_parse_arguments(PROGRAM "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${PROGRAM_SOURCES})
  target_link_libraries(${name} PRIVATE a67_options ${PROGRAM_DEPS})
  a67_use_precompiled(${name} a67_precompiled)
  if(NOT A67_SANITIZE)
    target_link_options(${name} PRIVATE -static -Wl,--strip-all)
  endif()
endfunction()

# a67_test(<name> SOURCES <file>... [DEPS <library>...] [LABELS <label>...] [TIMEOUT <seconds>] [COST <seconds>]
#          [ARGS <argument>...])
# One Catch2 program per room, registered with CTest and run in random order. The label `sim` marks the long
# simulations, which scripts/test runs on the optimised build only (the target `simulations` builds just them); the label
# `contract` the conformance list, which has a step of its own. COST, about what a long one takes: long ones begin first,
# so that no core waits for one at the end.
add_custom_target(simulations)
function(a67_test name)
  cmake_parse_arguments(TEST "" "TIMEOUT;COST" "SOURCES;DEPS;LABELS;ARGS" ${ARGN})
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 300)
  endif()
  add_executable(${name} ${TEST_SOURCES})
  target_link_libraries(${name} PRIVATE a67_options catch2 ${TEST_DEPS})
  a67_use_precompiled(${name} a67_precompiled_test)
  if("sim" IN_LIST TEST_LABELS)
    add_dependencies(simulations ${name})
  endif()
  add_test(NAME ${name} COMMAND ${name} --order rand --rng-seed time ${TEST_ARGS})
  if(NOT TEST_COST)
    set(TEST_COST 0)
  endif()
  set_tests_properties(${name} PROPERTIES COST ${TEST_COST} TIMEOUT ${TEST_TIMEOUT} LABELS "${TEST_LABELS}"
    ENVIRONMENT "UBSAN_OPTIONS=print_stacktrace=1;ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1")
endfunction()
