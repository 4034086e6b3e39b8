// Scripts that complete verbs, options and choices in bash, zsh and fish. Pure.
#pragma once

#include <string>
#include <string_view>

namespace a67::cli {

// REQUIRES: bash, zsh or fish.
std::string completions_text(std::string_view shell);

}  // namespace a67::cli
