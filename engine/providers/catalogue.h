// Every provider there is. A folder with a policy.json is one: it defines
// `const Provider a67::<folder>::kProvider`, and the build finds it.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "engine/providers/provider.h"

namespace a67 {

struct BuiltInProvider {
  const Provider* provider;
  std::string_view policy_card;  // the text of its policy.json
};

// In order of their ids.
std::span<const BuiltInProvider> built_in_providers();
// Null when there is none of that id.
const BuiltInProvider* find_provider(std::string_view id);

}  // namespace a67
