// The door to durable bytes: ordered keys, atomic batches.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/task.h"

namespace a67 {

struct TableBatch {
  std::vector<std::pair<std::string, std::string>> put;
  std::vector<std::string> erase;
};

struct TableRow {
  std::string key;
  std::string value;
};

struct TablePage {
  std::vector<TableRow> rows;  // in the order of the keys' bytes
  bool more = false;
};

class Table {
 public:
  virtual ~Table() = default;
  // Nothing when the key is not there. Error: kStoreFailed.
  virtual Task<Result<std::optional<std::string>>> get(std::string key) = 0;
  // Rows whose key begins with `prefix` and is greater than `after`, at most `limit`.
  virtual Task<Result<TablePage>> scan(std::string prefix, std::string after,
                                       std::size_t limit) = 0;
  // Answers once all of it is durable; an error means that none of it is, or that it is unknown
  // (kOutcomeUnknown).
  virtual Task<Result<void>> apply(TableBatch batch) = 0;
};

}  // namespace a67
