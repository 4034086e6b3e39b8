// Durable ordered bytes, kept by the host: what the vault and the change log are stored in.
//
// Keys are ordered by their bytes. Several calls may be under way at a time; those that are not
// ordered by their answers may be carried out in any order.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/task.h"

namespace a67 {

inline constexpr std::size_t kTableKeyBytesMax = 256;
inline constexpr std::size_t kTableScanRowsMax = 1000;

// A key is in one of the two lists at most.
struct TableBatch {
  std::vector<std::pair<std::string, std::string>> put;
  std::vector<std::string> erase;  // keys; one that is not there is fine
};

struct TableRow {
  std::string key;
  std::string value;
  bool operator==(const TableRow&) const = default;
};

struct TablePage {
  std::vector<TableRow> rows;  // ascending
  bool more = false;           // ask again after the last key of `rows`
};

// Errors of all three: kDiskFull (no room: nothing was changed; may be tried again when there is
// room) and kStoreFailed (damaged, locked, gone: the message says which).
class Table {
 public:
  virtual ~Table() = default;
  // Nothing when the key was never put.
  virtual Task<Result<std::optional<std::string>>> get(std::string key) = 0;
  // Rows whose key begins with `prefix` and is greater than `after` (empty: all of them), at most
  // `limit`. A host may give fewer and say `more`. REQUIRES: 1 <= limit <= kTableScanRowsMax.
  virtual Task<Result<TablePage>> scan(std::string prefix, std::string after,
                                       std::size_t limit) = 0;
  // All of it or nothing, and durable when it answers.
  virtual Task<Result<void>> apply(TableBatch batch) = 0;
};

}  // namespace a67
