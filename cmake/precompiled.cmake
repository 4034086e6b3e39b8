# Headers of the standard library and of third parties that nearly every file reads, parsed once: it halves a cold build.
# Every file still includes what it uses. The compilers of the page and clang-tidy read it without these, and say so if not.
#
# a67_precompiled(<name> HEADERS <header>... [DEPS <library>...]); targets take it with a67_use_precompiled(<target> <name>).
function(a67_precompiled name)
  cmake_parse_arguments(PRECOMPILED "" "" "HEADERS;DEPS" ${ARGN})
  set(empty "${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp")
  file(CONFIGURE OUTPUT "${empty}" CONTENT "")
  add_library(${name} OBJECT "${empty}")
  target_link_libraries(${name} PRIVATE a67_options ${PRECOMPILED_DEPS})
  target_compile_options(${name} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  target_precompile_headers(${name} PRIVATE ${PRECOMPILED_HEADERS})
  # Ninja begins the objects of a target before those of an object library it depends on; not before those of this.
  add_custom_target(${name}_ready DEPENDS "${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${name}.dir/cmake_pch.hxx.pch")
  a67_precompiled_sum(${name} "${PRECOMPILED_HEADERS}")
endfunction()

# The file itself holds absolute paths. So that the compiler cache still serves another clone, it goes by this sum of
# everything the headers say (CCACHE_PCH_EXTSUM).
function(a67_precompiled_sum name headers)
  list(TRANSFORM headers REPLACE "(.+)" "#include \\1\n" OUTPUT_VARIABLE text)
  string(CONCAT text ${text})
  set(source "${CMAKE_CURRENT_BINARY_DIR}/${name}_sum.cpp")
  file(CONFIGURE OUTPUT "${source}" CONTENT "${text}")
  execute_process(
    COMMAND "${CMAKE_CXX_COMPILER}" -std=c++23 -stdlib=libc++ "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=" -E -P
      -isystem "${A67_THIRD_PARTY}/nlohmann_json/include" -isystem "${A67_THIRD_PARTY}/catch2" "${source}"
    OUTPUT_VARIABLE headers_text COMMAND_ERROR_IS_FATAL ANY)
  string(SHA256 sum "${headers_text}")
  file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${name}.dir/cmake_pch.hxx.pch.sum" "${sum}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${A67_THIRD_PARTY}/ready")
endfunction()

# Not by REUSE_FROM, whose absolute paths would keep the compiler cache from serving another clone. Compilers run in the
# build folder; the file stands in their lists of dependencies.
function(a67_use_precompiled target name)
  if(TARGET ${name})
    add_dependencies(${target} ${name}_ready)
    target_compile_options(${target} PRIVATE
      "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-include-pch CMakeFiles/${name}.dir/cmake_pch.hxx.pch>")
  endif()
endfunction()

if(NOT EMSCRIPTEN)
  set(A67_COMMON_HEADERS
    <algorithm> <array> <atomic> <chrono> <coroutine> <cstdint> <deque> <expected> <functional> <map> <memory> <optional>
    <set> <span> <string> <string_view> <tuple> <type_traits> <utility> <variant> <vector> <nlohmann/json.hpp>)
  a67_precompiled(a67_precompiled HEADERS ${A67_COMMON_HEADERS} DEPS nlohmann_json)
  a67_precompiled(a67_precompiled_test
    HEADERS ${A67_COMMON_HEADERS} <catch_amalgamated.hpp> DEPS nlohmann_json catch2)
endif()
