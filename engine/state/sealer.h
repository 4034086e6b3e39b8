// What the logs ask of whoever holds the keys: seal bytes, open them again. The vault is behind it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/task.h"

namespace a67 {

class Sealer {
 public:
  // `ad` is bound to the sealed bytes and not stored: opening needs the very same.
  struct Item {
    std::string plain;
    std::string ad;
  };
  struct SealedItem {
    std::string sealed;
    std::string ad;
  };

  virtual ~Sealer() = default;
  // One sealed text per item, in order. Error: the keys are not there (kUnauthorized, kForbidden).
  virtual Task<Result<std::vector<std::string>>> seal(std::vector<Item> items) = 0;
  // One text per item, in order; nothing for one that does not open.
  virtual Task<Result<std::vector<std::optional<std::string>>>> open(
      std::vector<SealedItem> items) = 0;
};

}  // namespace a67
