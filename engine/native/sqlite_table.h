// The engine's table as one SQLite file: write-ahead log, synced at every batch.
//
// A file that is not ours, is of a newer version, damaged or in use is refused with its own
// message, and not a byte of it is changed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/ports/table.h"

struct sqlite3;
struct sqlite3_stmt;

namespace a67::native {

class SqliteTable {
 public:
  static constexpr std::int64_t kFileBytesMax = std::int64_t{16} << 30;
  // A page of a scan ends sooner when it gets longer than this.
  static constexpr std::size_t kPageBytesMax = std::size_t{16} << 20;

  // Makes the file (mode 0600) when there is none. Beyond `bytes_max` the disk counts as full.
  // Error: kStoreFailed, kDiskFull.
  static Result<std::unique_ptr<SqliteTable>> open(std::string path,
                                                   std::int64_t bytes_max = kFileBytesMax);
  ~SqliteTable();
  SqliteTable(const SqliteTable&) = delete;
  SqliteTable& operator=(const SqliteTable&) = delete;

  // As engine/ports/table.h says; they block.
  Result<std::optional<std::string>> get(std::string_view key);
  Result<TablePage> scan(std::string_view prefix, std::string_view after, std::size_t limit);
  Result<void> apply(const TableBatch& batch);

 private:
  explicit SqliteTable(std::string path) : path_(std::move(path)) {}

  Result<void> start(std::int64_t bytes_max);
  // True when the file is new.
  Result<bool> recognise();
  Result<void> check_whole();
  Result<void> prepare();
  Result<void> write(const TableBatch& batch);
  Result<void> run(const char* sql);
  Result<std::string> ask(const char* sql);
  [[nodiscard]] std::unexpected<Error> trouble(int code) const;

  std::string path_;
  sqlite3* database_ = nullptr;
  sqlite3_stmt* get_ = nullptr;
  sqlite3_stmt* scan_ = nullptr;
  sqlite3_stmt* put_ = nullptr;
  sqlite3_stmt* erase_ = nullptr;
};

}  // namespace a67::native
