#include "engine/native/sqlite_table.h"

#include <fcntl.h>
#include <sqlite3.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <utility>

#include "engine/native/files.h"

namespace a67::native {
namespace {

// "a67t", in SQLite's own field for whose file this is.
constexpr std::int64_t kApplicationId = 0x61363774;
constexpr std::int64_t kTableVersion = 1;
constexpr mode_t kFileMode = 0600;
constexpr const char* kNothingChanged = "Nothing was changed. ";

std::string_view column(sqlite3_stmt* statement, int number) {
  const void* bytes = sqlite3_column_blob(statement, number);
  const int count = sqlite3_column_bytes(statement, number);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(count)};
}

// An empty text must be an empty blob, not NULL.
int bind_bytes(sqlite3_stmt* statement, int number, std::string_view bytes) {
  const char* data = bytes.data() == nullptr ? "" : bytes.data();
  return sqlite3_bind_blob64(statement, number, data, bytes.size(), SQLITE_STATIC);
}

// Lets go of the bytes and of the read lock, however the statement ended.
class Use {
 public:
  explicit Use(sqlite3_stmt* statement) : statement_(statement) {}
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  ~Use() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

 private:
  sqlite3_stmt* statement_;
};

// The first key after all that begin with the prefix; empty when there is none.
std::string end_of(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

// Beyond EFBIG no file may grow on this file system, or in this process (ulimit -f).
bool is_full(int system) { return system == ENOSPC || system == EDQUOT || system == EFBIG; }

// sqlite3_system_errno() has forgotten it when SQLite took the batch back meanwhile: the database
// and its write-ahead log remember what they met last.
bool found_no_room(sqlite3* database) {
  if (database == nullptr) return false;
  int system = sqlite3_system_errno(database);
  if (is_full(system)) return true;
  sqlite3_file_control(database, "main", SQLITE_FCNTL_LAST_ERRNO, &system);
  if (is_full(system)) return true;
  sqlite3_file* log = nullptr;
  sqlite3_file_control(database, "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&log));
  if (log == nullptr || log->pMethods == nullptr) return false;
  log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &system);
  return is_full(system);
}

std::unexpected<Error> refuse(const std::string& path, const std::string& what, const char* next) {
  return fail(ErrorCode::kStoreFailed, path + " cannot be opened: " + what,
              std::string(kNothingChanged) + next);
}

}  // namespace

Result<std::unique_ptr<SqliteTable>> SqliteTable::open(std::string path, std::int64_t bytes_max) {
  // SQLite would create it readable by others, depending on the umask.
  {
    const Descriptor file(
        ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kFileMode));
    if (!file.valid()) return std::unexpected(file_error("open", path, errno));
  }
  // Its constructor is private, which make_unique cannot see.
  std::unique_ptr<SqliteTable> table(new SqliteTable(std::move(path)));
  if (auto started = table->start(bytes_max); !started) return std::unexpected(started.error());
  return table;
}

SqliteTable::~SqliteTable() {
  for (sqlite3_stmt* statement : {get_, scan_, put_, erase_}) sqlite3_finalize(statement);
  sqlite3_close(database_);
}

Result<void> SqliteTable::start(std::int64_t bytes_max) {
  const int opened = sqlite3_open_v2(path_.c_str(), &database_,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE, nullptr);
  if (opened != SQLITE_OK) return trouble(opened);
  // One program at a time; and no shared memory file beside it.
  if (auto set = ask("PRAGMA locking_mode=EXCLUSIVE"); !set) return std::unexpected(set.error());
  const auto fresh = recognise();
  if (!fresh) return std::unexpected(fresh.error());
  const auto mode = ask("PRAGMA journal_mode=WAL");
  if (!mode) return std::unexpected(mode.error());
  if (*mode != "wal") return refuse(path_, "its folder allows no write-ahead log.", "Move it.");
  if (auto set = run("PRAGMA synchronous=FULL"); !set) return set;
  // A wrap of the vault key that was taken away must not lie about in free pages.
  if (auto set = ask("PRAGMA secure_delete=ON"); !set) return std::unexpected(set.error());
  const std::string pages =
      "PRAGMA max_page_count=" + std::to_string(std::max<std::int64_t>(bytes_max / 4096, 8));
  if (auto set = ask(pages.c_str()); !set) return std::unexpected(set.error());
  if (*fresh) {
    const std::string make =
        "BEGIN IMMEDIATE;"
        "CREATE TABLE a67(key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
        "PRAGMA application_id=" +
        std::to_string(kApplicationId) + ";PRAGMA user_version=" + std::to_string(kTableVersion) +
        ";COMMIT";
    if (auto made = run(make.c_str()); !made) return made;
  } else if (auto whole = check_whole(); !whole) {
    return whole;
  }
  return prepare();
}

Result<bool> SqliteTable::recognise() {
  const auto owner = ask("PRAGMA application_id");
  if (!owner) return std::unexpected(owner.error());
  const auto version = ask("PRAGMA user_version");
  if (!version) return std::unexpected(version.error());
  const auto tables = ask("SELECT count(*) FROM sqlite_schema");
  if (!tables) return std::unexpected(tables.error());
  if (*owner == "0" && *version == "0" && *tables == "0") return true;
  if (*owner != std::to_string(kApplicationId)) {
    return refuse(path_, "it is a database of another program.",
                  "Move it away, or choose another folder with --data-dir.");
  }
  if (*version != std::to_string(kTableVersion)) {
    return refuse(path_,
                  "it was written by a newer Automator67 (format " + *version +
                      ", this one knows " + std::to_string(kTableVersion) + ").",
                  "Use that one.");
  }
  return false;
}

Result<void> SqliteTable::check_whole() {
  const auto checked = ask("PRAGMA quick_check(1)");
  if (!checked) return std::unexpected(checked.error());
  if (*checked == "ok") return {};
  return refuse(path_, "it is damaged (" + *checked + ").", "Restore it from a backup.");
}

Result<void> SqliteTable::prepare() {
  const std::pair<const char*, sqlite3_stmt**> statements[] = {
      {"SELECT value FROM a67 WHERE key=?1", &get_},
      {"SELECT key, value FROM a67 WHERE key>=?1 AND key>?2 AND (?3=x'' OR key<?3) ORDER BY key",
       &scan_},
      {"INSERT INTO a67(key, value) VALUES(?1, ?2) "
       "ON CONFLICT(key) DO UPDATE SET value=excluded.value",
       &put_},
      {"DELETE FROM a67 WHERE key=?1", &erase_}};
  for (const auto& [sql, statement] : statements) {
    const int code =
        sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, nullptr);
    if (code != SQLITE_OK) return trouble(code);
  }
  return {};
}

std::unexpected<Error> SqliteTable::trouble(int code) const {
  const int kind = code & 0xff;
  const bool may_be_full = kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN;
  if (kind == SQLITE_FULL || (may_be_full && found_no_room(database_))) {
    return fail(ErrorCode::kDiskFull, "The disk of " + path_ + " is full. Nothing was saved.",
                "Free some space on that disk, then try again.");
  }
  switch (kind) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return refuse(path_, "another program is using it.", "End that program, then try again.");
    case SQLITE_CORRUPT:
      return refuse(path_, "it is damaged.", "Restore it from a backup.");
    case SQLITE_NOTADB:
      return refuse(path_, "it is no database: it is damaged, or of another program.",
                    "Restore it from a backup, or move it away.");
    default:
      break;
  }
  return refuse(path_, std::string(sqlite3_errstr(code)) + ".",
                "Check that the file is there and that you may use it.");
}

Result<void> SqliteTable::run(const char* sql) {
  const int code = sqlite3_exec(database_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return trouble(code);
  return {};
}

// The first column of the first row.
Result<std::string> SqliteTable::ask(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr);
  std::string answer;
  if (code == SQLITE_OK) {
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
      if (text != nullptr) answer = text;
    }
  }
  sqlite3_finalize(statement);
  if (code != SQLITE_ROW && code != SQLITE_DONE) return trouble(code);
  return answer;
}

Result<std::optional<std::string>> SqliteTable::get(std::string_view key) {
  const Use use(get_);
  bind_bytes(get_, 1, key);
  const int code = sqlite3_step(get_);
  if (code == SQLITE_DONE) return std::nullopt;
  if (code != SQLITE_ROW) return trouble(code);
  return std::string(column(get_, 0));
}

Result<TablePage> SqliteTable::scan(std::string_view prefix, std::string_view after,
                                    std::size_t limit) {
  assert(limit >= 1 && limit <= kTableScanRowsMax);
  const Use use(scan_);
  const std::string end = end_of(prefix);
  bind_bytes(scan_, 1, prefix);
  bind_bytes(scan_, 2, after);
  bind_bytes(scan_, 3, end);
  TablePage page;
  std::size_t bytes = 0;
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(scan_)) == SQLITE_ROW) {
    if (page.rows.size() == limit || bytes > kPageBytesMax) {
      page.more = true;
      return page;
    }
    page.rows.push_back({std::string(column(scan_, 0)), std::string(column(scan_, 1))});
    bytes += page.rows.back().value.size();
  }
  if (code != SQLITE_DONE) return trouble(code);
  return page;
}

Result<void> SqliteTable::apply(const TableBatch& batch) {
  if (auto begun = run("BEGIN IMMEDIATE"); !begun) return begun;
  Result<void> done = write(batch);
  if (done) done = run("COMMIT");
  // Some failures have rolled back already. Nothing of the batch may stay.
  if (!done && sqlite3_get_autocommit(database_) == 0) (void)run("ROLLBACK");
  return done;
}

Result<void> SqliteTable::write(const TableBatch& batch) {
  for (const auto& [key, value] : batch.put) {
    const Use use(put_);
    bind_bytes(put_, 1, key);
    bind_bytes(put_, 2, value);
    if (const int code = sqlite3_step(put_); code != SQLITE_DONE) return trouble(code);
  }
  for (const std::string& key : batch.erase) {
    const Use use(erase_);
    bind_bytes(erase_, 1, key);
    if (const int code = sqlite3_step(erase_); code != SQLITE_DONE) return trouble(code);
  }
  return {};
}

}  // namespace a67::native
