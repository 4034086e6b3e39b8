# a67_wasm_module(<name> SOURCES <file>... [DEPS <library>...] [LINK_FLAGS <flag>...])
# An ES module (<name>.mjs + <name>.wasm) for a Web Worker: no eval (the page's policy forbids it), no file
# system, no exceptions. The JavaScript side is minified when npm's closure compiler is there.
function(a67_wasm_module name)
  cmake_parse_arguments(MODULE "" "" "SOURCES;DEPS;LINK_FLAGS" ${ARGN})
  add_executable(${name} ${MODULE_SOURCES})
  set_target_properties(${name} PROPERTIES SUFFIX ".mjs")
  target_link_libraries(${name} PRIVATE a67_options ${MODULE_DEPS} -lembind)
  target_compile_options(${name} PRIVATE -frtti)  # embind knows text and numbers by the names of their types
  target_link_options(${name} PRIVATE
    -sEXPORT_ES6 -sMODULARIZE -sENVIRONMENT=worker -sALLOW_MEMORY_GROWTH -sDYNAMIC_EXECUTION=0
    -sFILESYSTEM=0 -sSTACK_SIZE=1048576 ${MODULE_LINK_FLAGS})
  if(A67_CLOSURE_COMPILER)
    target_link_options(${name} PRIVATE --closure 1)
  endif()
endfunction()

# emcc knows its closure compiler only through its configuration or its environment.
find_program(A67_CLOSURE_COMPILER compiler NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH
  PATHS "${CMAKE_SOURCE_DIR}/node_modules/google-closure-compiler-linux"
        "${CMAKE_SOURCE_DIR}/node_modules/google-closure-compiler-linux-arm64")
if(A67_CLOSURE_COMPILER)
  set_property(GLOBAL PROPERTY RULE_LAUNCH_LINK
    "${CMAKE_COMMAND} -E env EM_CLOSURE_COMPILER=${A67_CLOSURE_COMPILER}")
endif()
