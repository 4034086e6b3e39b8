# a67_room(<name> SOURCES <file>... [DEPS <room or library>...])
# One library per room of the house (a67_<name>). Only the rooms named in DEPS can be linked; that the
# includes agree with the arrows is checked by scripts/check-includes.
function(a67_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;DEPS" ${ARGN})
  add_library(a67_${name} STATIC ${ROOM_SOURCES})
  target_link_libraries(a67_${name} PRIVATE a67_options PUBLIC ${ROOM_DEPS})
  target_include_directories(a67_${name} PUBLIC "${CMAKE_SOURCE_DIR}")
endfunction()

# a67_test(<name> SOURCES <file>... DEPS <library>...)
# One Catch2 program per room, registered with CTest and run in random order.
function(a67_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  target_link_libraries(${name} PRIVATE a67_options catch2 ${TEST_DEPS})
  add_test(NAME ${name} COMMAND ${name} --order rand --rng-seed time)
endfunction()
