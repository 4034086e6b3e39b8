// What a person types, pastes or keeps in a file of patterns: never throws, and no control
// character of it reaches the terminal.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "cli/arguments.h"
#include "cli/claim_link.h"
#include "cli/ignore.h"
#include "cli/render.h"
#include "cli/text.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_safe(std::string_view text) {
  return std::ranges::none_of(
      text, [](char c) { return (c >= 0 && c < ' ' && c != '\t' && c != '\n') || c == '\x7f'; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string_view> words = a67::cli::split(text, '\n');
  const auto invocation = a67::cli::parse_arguments(words);
  if (invocation) {
    require(invocation->verb != nullptr);
  } else {
    require(is_safe(a67::cli::error_text(a67::to_json_error(invocation.error()), false)));
  }
  for (const std::string_view word : words) {
    if (const auto claims = a67::cli::read_claim_link(word)) require(!claims->empty());
  }
  a67::cli::Ignore ignore;
  ignore.add_lines(text);
  // A folder pattern never matches a file.
  require(!ignore.ignores("x", false) || ignore.ignores("x", true));
  return 0;
}
