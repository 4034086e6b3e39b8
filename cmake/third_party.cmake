# Third-party sources that scripts/setup fetches, hash-checked, into third_party/ (never committed).
set(A67_THIRD_PARTY "${CMAKE_SOURCE_DIR}/third_party")
if(NOT EXISTS "${A67_THIRD_PARTY}/ready")
  message(FATAL_ERROR "third_party/ is not set up. Run scripts/setup first.")
endif()

add_library(nlohmann_json INTERFACE)
target_include_directories(nlohmann_json SYSTEM INTERFACE "${A67_THIRD_PARTY}/nlohmann_json/include")

file(GLOB A67_YAML_SOURCES "${A67_THIRD_PARTY}/libyaml/src/*.c")
add_library(yaml STATIC ${A67_YAML_SOURCES})
target_include_directories(yaml SYSTEM PUBLIC "${A67_THIRD_PARTY}/libyaml/include")
target_compile_definitions(yaml PRIVATE
  YAML_VERSION_MAJOR=0 YAML_VERSION_MINOR=2 YAML_VERSION_PATCH=5 YAML_VERSION_STRING="0.2.5")
target_compile_options(yaml PRIVATE -w)

if(EMSCRIPTEN)
  include(libsodium_wasm)
else()
  # The distribution's static archives, so that the node wrapper can be one static binary.
  # a67_system_archive(<target> <file> [<target it leans on>...])
  function(a67_system_archive target file)
    find_library(A67_ARCHIVE_${target} NAMES ${file} REQUIRED)
    add_library(${target} STATIC IMPORTED GLOBAL)
    set_target_properties(${target} PROPERTIES
      IMPORTED_LOCATION "${A67_ARCHIVE_${target}}" INTERFACE_LINK_LIBRARIES "${ARGN}")
  endfunction()
  a67_system_archive(sodium libsodium.a)
  a67_system_archive(zlib libz.a)
  a67_system_archive(sqlite libsqlite3.a m dl)
  a67_system_archive(crypto libcrypto.a dl)
  a67_system_archive(utf8proc libutf8proc.a)
  a67_system_archive(openssl libssl.a crypto)
  foreach(library nettle acl bz2 lz4 lzma zstd)
    a67_system_archive(${library}_archive lib${library}.a)
  endforeach()
  # Name the formats that are read one by one: "all of them" would pull in libxml2 and, with it, ICU.
  a67_system_archive(archive libarchive.a
    nettle_archive acl_archive lzma_archive zstd_archive lz4_archive bz2_archive zlib)

  add_library(catch2 STATIC "${A67_THIRD_PARTY}/catch2/catch_amalgamated.cpp")
  target_include_directories(catch2 SYSTEM PUBLIC "${A67_THIRD_PARTY}/catch2")
  target_compile_options(catch2 PRIVATE -w)

  find_package(Threads REQUIRED)
  # Header-only Asio and Beast.
  add_library(asio INTERFACE)
  target_compile_definitions(asio INTERFACE
    BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_VISIBILITY BOOST_BEAST_USE_STD_STRING_VIEW)
  target_compile_options(asio INTERFACE -Wno-deprecated-declarations)
  target_link_libraries(asio INTERFACE Threads::Threads)
endif()
