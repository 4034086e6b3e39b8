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
    if (can(Capability::kDocuments)) {
      for (const std::string& database : sample_.databases) documents(database);
      if (has("database.list") && !has("sql.query"))
        expect("database.list", "lists the databases", Json::object());
    }
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

  [[nodiscard]] static Json in_database(const std::string& database, Json input) {
    if (!database.empty()) input["database"] = database;
    return input;
  }

  void documents(const std::string& database) {
    const auto here = [&](Json input) {
      input["collection"] = sample_.collection;
      return in_database(database, std::move(input));
    };
    const Json value = {
        {"name", "Ada"}, {"age", 36}, {"tags", {"a", "b"}}, {"at", {{"deep", true}}}};
    expect("document.put", "writes one", here({{"id", "one"}, {"value", value}}));
    expect("document.put", "writes another", here({{"id", "two"}, {"value", {{"name", "Bob"}}}}));
    auto got = expect("document.get", "reads it", here({{"id", "one"}}));
    if (got)
      note("document.get", "gives the same back", (*got)["value"] == value ? "" : got->dump());
    finds(here({{"field", "name"}, {"equals", "Bob"}}), "finds by a text", {"two"});
    finds(here({{"field", "age"}, {"equals", 36}}), "finds by a number", {"one"});
    finds(here(Json::object()), "finds all", {"one", "two"});
    finds(here({{"limit", 1}}), "finds no more than asked for", {"one"});
    versions(here({{"id", "one"}, {"value", value}}), here({{"id", "one"}}));
    for (const char* id : {"one", "two", "two"}) {
      expect("document.remove", "removes it, or is content", here({{"id", id}}));
    }
    expect_refusal("document.get", "does not find it any more", here({{"id", "one"}}),
                   {ErrorCode::kNotFound});
  }

  void finds(const Json& input, const std::string& check, const std::vector<std::string>& wanted) {
    auto found = expect("document.query", check, input);
    if (!found) return;
    std::vector<std::string> ids;
    for (const Json& one : (*found)["documents"]) ids.push_back(string_or(one, "id"));
    note("document.query", check + ", and what was meant", ids == wanted ? "" : found->dump());
  }

  // Written over what was read, or not at all; who has no versions says so.
  void versions(Json put, const Json& get) {
    put["version"] = "";
    if (!sample_.versions) {
      expect_refusal("document.put", "says that it has no versions", put,
                     {ErrorCode::kInvalidInput});
      return;
    }
    expect_refusal("document.put", "writes nothing over what is there", put,
                   {ErrorCode::kConflict});
    auto got = expect("document.get", "tells the version", get);
    if (!got) return;
    put["version"] = (*got)["version"];
    put["value"]["age"] = 37;
    expect("document.put", "writes over the version that was read", put);
    put["value"]["age"] = 38;
    expect_refusal("document.put", "writes over no other version", put, {ErrorCode::kConflict});
    auto after = expect("document.get", "reads what was written", get);
    if (after)
      note("document.get", "has the one that was right",
           (*after)["value"]["age"] == 37 ? "" : after->dump());
    put["id"] = "two";
    put["version"] = "";
    Json gone = put;
    gone.erase("value");
    gone.erase("version");
    expect("document.remove", "makes room for a new one", gone);
    expect("document.put", "writes where there is none", put);
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
    // A node that relays has none of this host's files.
    if (sample_.takes_blobs && !cloud_.relays()) large_object(bucket);
    expect("object.remove", "removes it", at);
    expect("object.remove", "is content when it is gone", at);
    expect_refusal("object.get", "does not find it any more", at, {ErrorCode::kNotFound});
    if (has("bucket.remove")) {
      expect("bucket.remove", "removes it", {{"bucket", bucket}});
      expect("bucket.remove", "is content when it is gone", {{"bucket", bucket}});
    }
  }

  // Larger than one chunk of any provider that wants pieces.
  void large_object(const std::string& bucket) {
    std::string bytes(std::size_t{13} << 20, 'A');
    for (std::size_t at = 0; at < bytes.size(); at += 4099) bytes[at] = static_cast<char>(at / 7);
    bytes[0] = 'A';
    cloud_.keep_blob("large", bytes);
    const Json at = {{"bucket", bucket}, {"key", "large/one.bin"}};
    Json put = at;
    put["blob"] = "large";
    expect("object.put", "writes a blob of unknown size", put);
    put["size"] = bytes.size();
    auto made = expect("object.put", "writes a large blob", put);
    if (made) {
      note("object.put", "says how large it is",
           int_or((*made)["object"], "size") == static_cast<std::int64_t>(bytes.size())
               ? ""
               : made->dump());
    }
    const std::string* stored = cloud_.fake().stored(bucket, "large/one.bin");
    note("object.put", "keeps every byte of it",
         stored != nullptr && *stored == bytes ? "" : "other bytes");
    put["size"] = bytes.size() + 1;
    expect_refusal("object.put", "refuses a blob that has another size", put,
                   {ErrorCode::kInvalidInput});
    expect("object.remove", "removes the large one", at);
    note("object.put", "leaves no unfinished upload",
         cloud_.fake().unfinished_uploads() == 0 ? "" : "one is left");
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
