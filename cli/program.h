// What the program does: words in, exit code out.
#pragma once

#include <span>
#include <string_view>

namespace a67::cli {

int run_program(std::span<const std::string_view> words);

}  // namespace a67::cli
