#include "engine/providers/catalogue.h"

#include <algorithm>

namespace a67 {

const BuiltInProvider* find_provider(std::string_view id) {
  const auto all = built_in_providers();
  const auto found =
      std::ranges::find(all, id, [](const BuiltInProvider& one) { return one.provider->id; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace a67
