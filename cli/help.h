// What `help` and `--help` print. Pure.
#pragma once

#include <string>
#include <string_view>

#include "cli/verbs.h"

namespace a67::cli {

// All verbs.
std::string overview_text(std::size_t columns);
// The verbs of one group.
std::string group_text(const Group& group, std::size_t columns);
// One verb: use, meaning, arguments, options, an example, exit codes. REQUIRES: the verb exists.
std::string verb_text(std::string_view verb, std::size_t columns);

}  // namespace a67::cli
