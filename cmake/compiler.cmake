# One compiler family and one standard library for both targets: clang with libc++.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)

add_library(a67_options INTERFACE)
target_compile_options(a67_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Wold-style-cast -Woverloaded-virtual -Wimplicit-fallthrough -Werror)
target_include_directories(a67_options INTERFACE "${CMAKE_SOURCE_DIR}")

if(EMSCRIPTEN)
  # Everything, third-party code included, must agree on the exception scheme.
  add_compile_options(-fwasm-exceptions)
  add_link_options(-fwasm-exceptions)
  add_compile_options(-O3)
else()
  add_compile_options(-stdlib=libc++)
  add_link_options(-stdlib=libc++ -fuse-ld=lld-19)
  # clang passes -stdlib only to C++; C files would warn about an unused argument.
  add_compile_options($<$<COMPILE_LANGUAGE:C>:-Wno-unused-command-line-argument>)
  add_compile_options(-ffunction-sections -fdata-sections)
  add_link_options(-Wl,--gc-sections)
endif()

if(A67_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
  add_compile_definitions(_LIBCPP_HARDENING_MODE=_LIBCPP_HARDENING_MODE_EXTENSIVE)
endif()

if(A67_COVERAGE)
  target_compile_options(a67_options INTERFACE --coverage)
  add_link_options(--coverage)
endif()
