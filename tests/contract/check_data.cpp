// Databases, documents, buckets and objects: what is written is read back the same.
#include <array>

#include "engine/base/encoding.h"
#include "tests/contract/checker.h"

namespace a67::conformance {
namespace {

class DataChecks final : private Checker {
 public:
  explicit DataChecks(const Checker& checker) : Checker(checker) {}

  void run() {
    if (has("database.create")) databases();
    if (has("sql.query")) sql();
    if (can(Capability::kDocuments)) documents();
    if (can(Capability::kObjects)) objects();
  }

 private:
  void databases() {
    Json input = {{"name", "a67-data"}};
    if (!sample_.region.empty()) input["region"] = sample_.region;
    auto made = expect("database.create", "makes one", input);
    if (!made) return;
    const std::string id = string_or((*made)["database"], "id");
    if (has("database.get")) {
      state_is("database.get", "is live in the end",
               await_end("database.get", {{"database", id}}, "database", {"creating"}), "live");
    }
    expect_refusal("database.create", "refuses a name that is taken", input,
                   {ErrorCode::kConflict});
    expect("database.list", "lists it", Json::object());
    if (has("sql.query")) query(id);
    if (has("database.pause")) {
      expect("database.pause", "stops it", {{"database", id}});
      state_is("database.get", "says that it is paused",
               await_end("database.get", {{"database", id}}, "database", {"creating"}), "paused");
      expect("database.resume", "starts it again", {{"database", id}});
      state_is("database.get", "says that it is live again",
               await_end("database.get", {{"database", id}}, "database", {"creating"}), "live");
    }
    expect("database.remove", "removes it", {{"database", id}});
    expect("database.remove", "is content when it is gone", {{"database", id}});
  }

  // Where databases are made elsewhere, the account's own.
  void sql() {
    if (has("database.create")) return;
    auto all = expect("database.list", "lists the databases", Json::object());
    if (!all || (*all)["databases"].empty()) {
      note("database.list", "has one to ask", "there is none");
      return;
    }
    query(string_or((*all)["databases"][0], "id"));
  }

  void query(const std::string& id) {
    expect("sql.query", "makes a table",
           {{"database", id}, {"sql", "CREATE TABLE a67_notes (id integer, text text)"}});
    const std::string marker = sql_marker();
    auto written =
        expect("sql.query", "writes with parameters",
               {{"database", id},
                {"sql", "INSERT INTO a67_notes VALUES (" + marker + "1, " + marker + "2)"},
                {"params", Json::array({7, "it's"})}});
    if (written)
      note("sql.query", "counts what it wrote",
           int_or(*written, "affected") == 1 ? "" : written->dump());
    auto read = expect("sql.query", "reads it back",
                       {{"database", id}, {"sql", "SELECT id, text FROM a67_notes"}});
    if (read) {
      const bool same = (*read)["rows"].size() == 1 && (*read)["rows"][0].size() == 2 &&
                        (*read)["rows"][0][1] == "it's" && (*read)["columns"][1]["name"] == "text";
      note("sql.query", "gives the same back", same ? "" : read->dump());
    }
    expect_refusal("sql.query", "says what is wrong with a statement",
                   {{"database", id}, {"sql", "SELEC nothing"}}, {ErrorCode::kInvalidInput});
    expect("sql.query", "drops the table", {{"database", id}, {"sql", "DROP TABLE a67_notes"}});
  }

  // PostgreSQL's $1 or SQLite's ?1.
  [[nodiscard]] std::string sql_marker() const {
    return string_or(sample_.create, "sqlMarker", "$");
  }

  void documents() {
    const std::string in = sample_.collection;
    const Json value = {
        {"name", "Ada"}, {"age", 36}, {"tags", {"a", "b"}}, {"at", {{"deep", true}}}};
    expect("document.put", "writes one", {{"collection", in}, {"id", "one"}, {"value", value}});
    expect("document.put", "writes another",
           {{"collection", in}, {"id", "two"}, {"value", {{"name", "Bob"}}}});
    auto got = expect("document.get", "reads it", {{"collection", in}, {"id", "one"}});
    if (got)
      note("document.get", "gives the same back", (*got)["value"] == value ? "" : got->dump());
    auto found = expect("document.query", "finds by a field",
                        {{"collection", in}, {"field", "name"}, {"equals", "Bob"}});
    if (found) {
      const bool right =
          (*found)["documents"].size() == 1 && (*found)["documents"][0]["id"] == "two";
      note("document.query", "finds what was meant", right ? "" : found->dump());
    }
    auto all = expect("document.query", "finds all", {{"collection", in}});
    if (all)
      note("document.query", "leaves none out", (*all)["documents"].size() == 2 ? "" : all->dump());
    for (const char* id : {"one", "two", "two"}) {
      expect("document.remove", "removes it, or is content", {{"collection", in}, {"id", id}});
    }
    expect_refusal("document.get", "does not find it any more", {{"collection", in}, {"id", "one"}},
                   {ErrorCode::kNotFound});
  }

  void objects() {
    std::string bucket = "a67-bucket";
    if (has("bucket.create")) {
      Json input = {{"name", bucket}};
      if (!sample_.region.empty()) input["region"] = sample_.region;
      if (!expect("bucket.create", "makes one", input)) return;
      expect_refusal("bucket.create", "refuses a name that is taken", input,
                     {ErrorCode::kConflict});
    }
    auto buckets = expect("bucket.list", "lists the buckets", Json::object());
    if (buckets && !has("bucket.create") && !(*buckets)["buckets"].empty()) {
      bucket = string_or((*buckets)["buckets"][0], "name");
    }
    const std::string bytes = std::string("\0\xff\x80", 3) + std::string(1000, 'x');
    const Json at = {{"bucket", bucket}, {"key", "a/b c+\xC3\xA9.bin"}};
    Json put = at;
    put["bytes"] = base64url_encode(as_bytes(bytes));
    expect("object.put", "writes bytes as they are", put);
    expect("object.put", "replaces them", put);
    auto got = expect("object.get", "reads them", at);
    if (got)
      note("object.get", "gives the same back",
           (*got)["bytes"] == put["bytes"] ? "" : "other bytes");
    Json part = at;
    part["offset"] = 1;
    part["length"] = 4;
    auto some = expect("object.get", "reads a part", part);
    if (some) {
      note("object.get", "gives just that part",
           (*some)["bytes"] == base64url_encode(as_bytes(bytes.substr(1, 4))) ? "" : some->dump());
    }
    list_objects(bucket);
    expect("object.remove", "removes it", at);
    expect("object.remove", "is content when it is gone", at);
    expect_refusal("object.get", "does not find it any more", at, {ErrorCode::kNotFound});
    if (has("bucket.remove")) {
      expect("bucket.remove", "removes it", {{"bucket", bucket}});
      expect("bucket.remove", "is content when it is gone", {{"bucket", bucket}});
    }
  }

  void list_objects(const std::string& bucket) {
    for (const char* key : {"list/1", "list/2", "list/3"}) {
      expect("object.put", "writes some to list",
             {{"bucket", bucket}, {"key", key}, {"bytes", "YQ"}});
    }
    std::vector<std::string> keys;
    Json input = {{"bucket", bucket}, {"prefix", "list/"}, {"limit", 2}};
    for (std::uint32_t page = 0; page < 5; ++page) {
      auto output = expect("object.list", "lists a page", input);
      if (!output) return;
      for (const Json& one : (*output)["objects"]) keys.push_back(string_or(one, "key"));
      if (string_or(*output, "after").empty()) break;
      input["after"] = (*output)["after"];
    }
    const std::vector<std::string> wanted = {"list/1", "list/2", "list/3"};
    note("object.list", "lists all, once, in order", keys == wanted ? "" : Json(keys).dump());
    for (const std::string& key : wanted) {
      expect("object.remove", "removes what was listed", {{"bucket", bucket}, {"key", key}});
    }
  }
};

}  // namespace

void check_data(const Checker& checker) { DataChecks(checker).run(); }

}  // namespace a67::conformance
