// Performs the `key.*` effects of docs/local-mode.md on a KeyChest.
#pragma once

#include <string_view>

#include "engine/base/json.h"
#include "engine/native/keyring_chest.h"

namespace a67::native {

// The answer to one effect. `kInvalidInput` when a field is missing or of the wrong form.
Result<Json> perform_key_effect(KeyChest& chest, std::string_view name, const Json& body);

}  // namespace a67::native
