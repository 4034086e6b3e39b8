// The effects table.get, table.scan and table.apply on a SQLite file.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/native/sqlite_table.h"

namespace a67::native {

class TableEffects {
 public:
  explicit TableEffects(std::string path) : path_(std::move(path)) {}

  // Opens the file at the first effect, and tries again at the next when that failed.
  // REQUIRES: the name begins with "table.".
  Result<Json> perform(std::string_view name, const Json& body);

 private:
  std::string path_;
  std::unique_ptr<SqliteTable> table_;
};

}  // namespace a67::native
