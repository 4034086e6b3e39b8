# One compiler family and one standard library for both targets: clang with libc++.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)

add_library(a67_options INTERFACE)
target_compile_options(a67_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Wold-style-cast -Woverloaded-virtual -Wimplicit-fallthrough
  -Wno-missing-designated-field-initializers  # fields left out have their default on purpose
  -Werror)
target_include_directories(a67_options INTERFACE "${CMAKE_SOURCE_DIR}")

# No path of the building machine in what we make; so the compiler cache serves every clone, too.
add_compile_options("-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")

if(EMSCRIPTEN)
  # Without exceptions a quarter of the module goes: nothing of ours throws, and what does is a bug that traps. What the
  # whole program shows to be the same or unused, and names of types, are another twentieth.
  add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions;-fno-rtti;-flto>")
  add_compile_definitions($<$<COMPILE_LANGUAGE:CXX>:JSON_NOEXCEPTION>)
  add_link_options(-fno-exceptions -flto)
  # ccache sees only emcc's wrapper script, which looks the same in every version: name the version instead.
  find_program(A67_CCACHE ccache NO_CMAKE_FIND_ROOT_PATH)
  if(A67_CCACHE)
    set(CMAKE_C_COMPILER_LAUNCHER
      "${CMAKE_COMMAND}" -E env "CCACHE_COMPILERCHECK=string:emscripten-${EMSCRIPTEN_VERSION}" "${A67_CCACHE}")
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_C_COMPILER_LAUNCHER})
  endif()
else()
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-stdlib=libc++>)
  add_link_options($<$<LINK_LANGUAGE:CXX>:-stdlib=libc++> -fuse-ld=lld-19)
  add_compile_options(-ffunction-sections -fdata-sections)
  add_link_options(-Wl,--gc-sections)
  # Assertions stay on in what we ship (no NDEBUG): a controller that stops and says so does less harm than
  # one that goes on from a state we proved impossible.
  set(CMAKE_C_FLAGS_DEBUG "-gline-tables-only")
  set(CMAKE_CXX_FLAGS_DEBUG "-gline-tables-only")
  set(CMAKE_C_FLAGS_RELEASE "-O2")
  set(CMAKE_CXX_FLAGS_RELEASE "-O2")
endif()

if(A67_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
  add_compile_definitions($<$<COMPILE_LANGUAGE:CXX>:_LIBCPP_HARDENING_MODE=_LIBCPP_HARDENING_MODE_EXTENSIVE>)
endif()

if(A67_COVERAGE)
  # What -fprofile-instr-generate -fcoverage-mapping stand for; of those, the compiler cache believes that their result
  # depends on the folder. Counts are kept only where LLVM_PROFILE_FILE says so.
  add_compile_options("SHELL:-Xclang -fprofile-instrument=clang" "SHELL:-Xclang -fprofile-instrument-path=/dev/null"
    "SHELL:-Xclang -fcoverage-mapping" -fcoverage-compilation-dir=.)
  add_link_options(-fprofile-instr-generate)
endif()
