// A database for fakes that answer SQL: SQLite in memory. Each fake writes the outcome in its
// provider's own shape.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/base/json.h"

struct sqlite3;

namespace a67::fakes {

struct SqlOutcome {
  std::string error;  // empty: it went well
  std::vector<std::string> columns;
  std::vector<std::vector<Json>> rows;  // null, integers, numbers, texts
  std::int64_t affected = 0;
  bool reads = false;
};

class FakeSql {
 public:
  FakeSql();
  // Parameters are bound in order: $1 or ?1.
  SqlOutcome run(const std::string& sql, const Json& params = Json::array());

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace a67::fakes
