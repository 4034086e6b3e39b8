# Cuts MODULE.wasm in two with Binaryen's wasm-split: MODULE.wasm keeps what is needed to start, MODULE.second.wasm takes
# the functions of the providers' folders (namespaces a67::<folder>) and of the commands that lead to them.
#
#   cmake -DMODULE=<path without .wasm> -DBINARYEN=<folder of wasm-split> -DPROVIDERS=<folder> -P split_module.cmake
file(GLOB cards RELATIVE "${PROVIDERS}" "${PROVIDERS}/*/policy.json")
set(places OAuthCommands AccountCommands ProviderCommands)
foreach(card IN LISTS cards)
  get_filename_component(id "${card}" DIRECTORY)
  list(APPEND places "${id}")
endforeach()
list(JOIN places "|" places)

execute_process(COMMAND "${BINARYEN}/wasm-opt" --all-features "${MODULE}.wasm" --print-function-map
  OUTPUT_VARIABLE map COMMAND_ERROR_IS_FATAL ANY)
# "12:a67::render::\28anonymous\20namespace\29::list..." a line; a list of CMake must not see its brackets.
string(REGEX MATCHALL "[0-9]+:a67::(${places})::[^\n]*" lines "${map}")
string(REGEX REPLACE "(^|\n|;)[0-9]+:" "\\1" names "${lines}")
string(REPLACE ";" "\n" names "${names}")
if(names STREQUAL "")
  message(FATAL_ERROR "No function of the providers was found in ${MODULE}.wasm.")
endif()
file(WRITE "${MODULE}.second.txt" "${names}\n")
execute_process(COMMAND "${BINARYEN}/wasm-split" --all-features --split "${MODULE}.wasm"
    "--split-funcs=@${MODULE}.second.txt" --import-namespace=primary --placeholder-namespace=placeholder
    --export-prefix=% -o1 "${MODULE}.first.wasm" -o2 "${MODULE}.second.wasm"
  COMMAND_ERROR_IS_FATAL ANY)
file(RENAME "${MODULE}.first.wasm" "${MODULE}.wasm")
