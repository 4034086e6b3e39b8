#include "tests/fakes/sql.h"

#include <sqlite3.h>

#include <cassert>

namespace a67::fakes {
namespace {

void bind(sqlite3_stmt* statement, int at, const Json& value) {
  if (value.is_null()) {
    sqlite3_bind_null(statement, at);
  } else if (value.is_boolean()) {
    sqlite3_bind_int(statement, at, value.get<bool>() ? 1 : 0);
  } else if (value.is_number_integer()) {
    sqlite3_bind_int64(statement, at, value.get<std::int64_t>());
  } else if (value.is_number()) {
    sqlite3_bind_double(statement, at, value.get<double>());
  } else {
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    sqlite3_bind_text64(statement, at, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  }
}

Json cell(sqlite3_stmt* statement, int at) {
  switch (sqlite3_column_type(statement, at)) {
    case SQLITE_NULL:
      return nullptr;
    case SQLITE_INTEGER:
      return static_cast<std::int64_t>(sqlite3_column_int64(statement, at));
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, at);
    default:
      break;
  }
  const void* bytes = sqlite3_column_blob(statement, at);
  const int count = sqlite3_column_bytes(statement, at);
  return bytes == nullptr
             ? std::string()
             : std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(count));
}

}  // namespace

void FakeSql::Close::operator()(sqlite3* database) const { sqlite3_close(database); }

FakeSql::FakeSql() {
  sqlite3* database = nullptr;
  const int code = sqlite3_open(":memory:", &database);
  assert(code == SQLITE_OK);
  static_cast<void>(code);
  database_.reset(database);
}

SqlOutcome FakeSql::run(const std::string& sql, const Json& params) {
  SqlOutcome outcome;
  sqlite3_stmt* prepared = nullptr;
  int code = sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                &prepared, nullptr);
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(prepared, sqlite3_finalize);
  if (code != SQLITE_OK || prepared == nullptr) {
    outcome.error = code == SQLITE_OK ? "nothing to run" : sqlite3_errmsg(database_.get());
    return outcome;
  }
  int at = 0;
  for (const Json& one : params) bind(prepared, ++at, one);
  const int columns = sqlite3_column_count(prepared);
  outcome.reads = columns > 0;
  for (int column = 0; column < columns; ++column) {
    outcome.columns.emplace_back(sqlite3_column_name(prepared, column));
  }
  for (code = sqlite3_step(prepared); code == SQLITE_ROW; code = sqlite3_step(prepared)) {
    std::vector<Json> row;
    for (int column = 0; column < columns; ++column) row.push_back(cell(prepared, column));
    outcome.rows.push_back(std::move(row));
  }
  if (code != SQLITE_DONE) outcome.error = sqlite3_errmsg(database_.get());
  outcome.affected = sqlite3_stmt_readonly(prepared) != 0 ? 0 : sqlite3_changes(database_.get());
  return outcome;
}

}  // namespace a67::fakes
