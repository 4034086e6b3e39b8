#include "tests/contract/conformance.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "engine/api/contract.h"
#include "engine/base/encoding.h"

namespace a67::conformance {
namespace {

using fakes::FakeCloud;

constexpr Duration kPollEvery{5'000};
constexpr std::uint32_t kPollsMax = 60;

std::string described(const Error& error) {
  return std::string(to_string(error.code)) + ": " + error.message;
}

class List {
 public:
  explicit List(FakeCloud& cloud) : cloud_(cloud), sample_(cloud.sample()) {}

  std::vector<Finding> run() {
    declares_what_it_has();
    verify();
    if (can(Capability::kComputeImage)) services("compute.image");
    if (can(Capability::kComputeGit)) services("compute.git");
    if (can(Capability::kComputeUpload)) services("compute.upload");
    if (can(Capability::kStaticUpload)) sites();
    if (can(Capability::kEdgeFunction)) functions();
    if (has("database.create")) databases();
    if (has("sql.query")) sql();
    if (can(Capability::kDocuments)) documents();
    if (can(Capability::kObjects)) objects();
    if (has("usage.get")) expect("usage.get", "reads the usage", Json::object());
    if (has("token.create")) tokens();
    paging();
    bad_weather();
    note("account.verify", "leaves nothing behind",
         cloud_.fake().is_empty() ? "" : "something is left");
    note("account.verify", "shows the credential to nobody",
         cloud_.leaks().empty() ? "" : cloud_.leaks().front());
    wrong_credential();
    return std::move(findings_);
  }

 private:
  [[nodiscard]] bool can(Capability capability) const { return cloud_.provider().can(capability); }
  [[nodiscard]] bool has(std::string_view operation) const {
    return cloud_.provider().find(operation) != nullptr;
  }
  void note(std::string operation, std::string check, std::string fault = {}) {
    findings_.push_back({std::move(operation), std::move(check), std::move(fault)});
  }

  // Runs it, holds input and output to their description, and notes the outcome.
  std::optional<Json> expect(const std::string& operation, const std::string& check, Json input) {
    const Json* description = operation_description(operation);
    if (description == nullptr) {
      note(operation, check, "operations.json does not describe it");
      return std::nullopt;
    }
    if (auto fine = check_schema((*description)["input"], input); !fine) {
      note(operation, check, "input: " + fine.error().message);
      return std::nullopt;
    }
    auto output = cloud_.run(operation, std::move(input));
    if (!output) {
      note(operation, check, described(output.error()));
      return std::nullopt;
    }
    if (auto fine = check_schema((*description)["output"], *output); !fine) {
      note(operation, check, "output: " + fine.error().message);
      return std::nullopt;
    }
    note(operation, check);
    return std::move(*output);
  }

  void expect_refusal(const std::string& operation, const std::string& check, Json input,
                      std::initializer_list<ErrorCode> codes) {
    auto output = cloud_.run(operation, std::move(input));
    if (output) {
      note(operation, check, "it was carried out");
    } else if (std::ranges::find(codes, output.error().code) == codes.end()) {
      note(operation, check, described(output.error()));
    } else {
      note(operation, check, output.error().message.empty() ? "it says nothing" : "");
    }
  }

  void declares_what_it_has() {
    for (const Capability capability : cloud_.provider().capabilities) {
      for (const Json& operation : capability_operations()[std::string(to_string(capability))]) {
        const std::string name = operation.get<std::string>();
        note(name, std::string("is there for ") + std::string(to_string(capability)),
             has(name) ? "" : "it is missing");
      }
    }
    for (const Operation& one : cloud_.provider().operations) {
      note(std::string(one.name), "is described",
           operation_description(one.name) == nullptr ? "operations.json does not know it" : "");
    }
  }

  void verify() {
    auto output = expect("account.verify", "knows who the credential is", Json::object());
    if (!output || !output->contains("settings")) return;
    for (const auto& [key, value] : (*output)["settings"].items())
      cloud_.session().settings[key] = value;
  }

  void wrong_credential() {
    cloud_.use_wrong_credential();
    expect_refusal("account.verify", "refuses a wrong credential as such", Json::object(),
                   {ErrorCode::kUnauthorized});
  }

  // Polls until the state is none of `under_way`; the last view.
  Json await_end(const std::string& operation, const Json& input, const std::string& key,
                 const std::set<std::string>& under_way) {
    Json view;
    for (std::uint32_t poll = 0; poll < kPollsMax; ++poll) {
      auto output = cloud_.run(operation, input);
      if (!output) {
        note(operation, "can be asked again and again", described(output.error()));
        return view;
      }
      view = (*output)[key];
      if (!under_way.contains(string_or(view, "state"))) break;
      cloud_.wait(kPollEvery);
    }
    if (auto fine = check_schema((*operation_description(operation))["output"], {{key, view}});
        !fine) {
      note(operation, "answers as described", fine.error().message);
    }
    return view;
  }

  void state_is(const std::string& operation, const std::string& check, const Json& view,
                std::string_view state) {
    const std::string got = string_or(view, "state");
    note(operation, check, got == state ? "" : "it is `" + got + "`");
  }

  Json deployment_end(const std::string& kind, const std::string& id,
                      const std::string& deployment) {
    return await_end(kind + ".deployment", {{kind, id}, {"deployment", deployment}}, "deployment",
                     {"queued", "building", "deploying"});
  }

  Json service_end(const std::string& id) {
    return await_end("service.get", {{"service", id}}, "service", {"creating", "building"});
  }

  [[nodiscard]] Json create_input(const std::string& capability, const std::string& name) const {
    Json input = sample_.create;
    input["name"] = name;
    input["source"] = sample_.sources[capability];
    input["env"] = {{"GREETING", "hello"}};
    return input;
  }

  void services(const std::string& capability) {
    const std::string name = "a67-" + capability.substr(8);
    auto made =
        expect("service.create", "makes one by " + capability, create_input(capability, name));
    if (!made) return;
    const std::string id = string_or((*made)["service"], "id");
    state_is("service.get", "is live in the end", service_end(id), "live");
    expect_refusal("service.create", "refuses a name that is taken", create_input(capability, name),
                   {ErrorCode::kConflict});
    auto all = expect("service.list", "lists it", Json::object());
    if (all) {
      const auto count = std::ranges::count_if((*all)["services"], [&](const Json& one) {
        return string_or(one, "name") == name && string_or(one, "id") == id;
      });
      note("service.list", "names it once", count == 1 ? "" : std::to_string(count) + " times");
    }
    change_service(id, capability);
    stop_and_start(id);
    watch_service(id);
    remove_service(id);
    failing_service(capability);
  }

  void change_service(const std::string& id, const std::string& capability) {
    expect(
        "service.set_env", "sets and removes variables",
        {{"service", id}, {"set", {{"COLOUR", "blue"}}}, {"remove", {"GREETING", "NEVER_THERE"}}});
    auto again = expect("service.deploy", "deploys again",
                        {{"service", id}, {"source", sample_.sources[capability]}});
    if (again) {
      const Json end = deployment_end("service", id, string_or((*again)["deployment"], "id"));
      state_is("service.deployment", "is live in the end", end, "live");
    }
    if (has("service.scale")) {
      expect("service.scale", "runs two", {{"service", id}, {"instances", 2}});
      service_end(id);
    }
  }

  void stop_and_start(const std::string& id) {
    if (has("service.restart")) {
      expect("service.restart", "restarts it", {{"service", id}});
      service_end(id);
    }
    if (has("service.suspend")) {
      expect("service.suspend", "stops it", {{"service", id}});
      state_is("service.get", "says that it is suspended", service_end(id), "suspended");
      expect("service.resume", "starts it again", {{"service", id}});
      state_is("service.get", "says that it is live again", service_end(id), "live");
    }
  }

  void watch_service(const std::string& id) {
    if (has("service.logs")) {
      auto logs = expect("service.logs", "reads its lines", {{"service", id}, {"limit", 10}});
      if (logs) note("service.logs", "has lines", (*logs)["lines"].empty() ? "there are none" : "");
    }
    if (has("service.metrics")) {
      auto metrics = expect(
          "service.metrics", "reads what it used",
          {{"service", id}, {"since", FakeCloud::kBegin}, {"until", FakeCloud::kBegin + 600'000}});
      if (metrics)
        note("service.metrics", "has series", (*metrics)["series"].empty() ? "there are none" : "");
    }
    if (has("service.add_domain")) {
      auto added = expect("service.add_domain", "takes a domain",
                          {{"service", id}, {"domain", "www.example.org"}});
      if (added)
        note("service.add_domain", "says which records to set",
             (*added)["records"].empty() ? "none" : "");
    }
    if (has("service.remove_domain")) {
      expect("service.remove_domain", "lets go of it",
             {{"service", id}, {"domain", "www.example.org"}});
    }
  }

  void remove_service(const std::string& id) {
    expect("service.remove", "removes it", {{"service", id}});
    expect("service.remove", "is content when it is gone", {{"service", id}});
    expect_refusal("service.get", "does not find it any more", {{"service", id}},
                   {ErrorCode::kNotFound});
  }

  void failing_service(const std::string& capability) {
    cloud_.fake().fail_next_deployment();
    auto made =
        expect("service.create", "accepts what will fail", create_input(capability, "a67-failing"));
    if (!made) return;
    const std::string id = string_or((*made)["service"], "id");
    state_is("service.get", "says that its deployment failed", service_end(id), "failed");
    expect("service.remove", "removes a failed one", {{"service", id}});
  }

  void sites() {
    auto made = expect("site.create", "makes one", {{"name", "a67-site"}});
    if (!made) return;
    const std::string id = string_or((*made)["site"], "id");
    expect_refusal("site.create", "refuses a name that is taken", {{"name", "a67-site"}},
                   {ErrorCode::kConflict});
    Json files = Json::array();
    files.push_back({{"path", "index.html"}, {"text", "<h1>Hello</h1>"}});
    files.push_back({{"path", "img/dot.bin"},
                     {"bytes", base64url_encode(as_bytes(std::string("\0\x01\xff", 3)))}});
    auto deployed = expect("site.deploy", "publishes files", {{"site", id}, {"files", files}});
    if (deployed) {
      state_is("site.deployment", "is live in the end",
               deployment_end("site", id, string_or((*deployed)["deployment"], "id")), "live");
    }
    expect("site.list", "lists it", Json::object());
    if (has("site.add_domain")) {
      expect("site.add_domain", "takes a domain", {{"site", id}, {"domain", "www.example.org"}});
    }
    cloud_.fake().fail_next_deployment();
    auto failing =
        expect("site.deploy", "accepts what will fail", {{"site", id}, {"files", files}});
    if (failing) {
      state_is("site.deployment", "says that it failed",
               deployment_end("site", id, string_or((*failing)["deployment"], "id")), "failed");
    }
    expect("site.remove", "removes it", {{"site", id}});
    expect("site.remove", "is content when it is gone", {{"site", id}});
  }

  void functions() {
    const std::string code = "export default { fetch() { return new Response('hello'); } };";
    auto made =
        expect("function.create", "publishes one",
               {{"name", "a67-function"}, {"code", code}, {"env", {{"GREETING", "hello"}}}});
    if (!made) return;
    const std::string id = string_or((*made)["function"], "id");
    state_is("function.get", "is live in the end",
             await_end("function.get", {{"function", id}}, "function", {"creating"}), "live");
    expect("function.list", "lists it", Json::object());
    expect("function.remove", "removes it", {{"function", id}});
    expect("function.remove", "is content when it is gone", {{"function", id}});
  }

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

  void tokens() {
    auto made = expect("token.create", "makes one", {{"name", "a67-next"}});
    if (!made) return;
    note("token.create", "gives its value once",
         string_or((*made)["token"], "secret").empty() ? "no value" : "");
    expect("token.revoke", "ends it", {{"token", string_or((*made)["token"], "id")}});
  }

  // The first list there is, with three things in it and one a page.
  void paging() {
    constexpr std::array kKinds = {"service", "site", "function"};
    const auto kind = std::ranges::find_if(
        kKinds, [&](const char* one) { return has(std::string(one) + ".create"); });
    if (kind == kKinds.end()) return;
    const std::string name(*kind);
    cloud_.fake().set_page_max(1);
    std::vector<std::string> ids;
    for (const char* each : {"a67-page-1", "a67-page-2", "a67-page-3"}) {
      auto made = cloud_.run(name + ".create", paged_input(name, each));
      if (!made) {
        note(name + ".create", "makes several", described(made.error()));
        break;
      }
      ids.push_back(string_or((*made)[name], "id"));
    }
    auto all = expect(name + ".list", "reads every page", Json::object());
    if (all) {
      note(name + ".list", "leaves none out",
           (*all)[name + "s"].size() == ids.size()
               ? ""
               : std::to_string((*all)[name + "s"].size()) + " of 3");
    }
    cloud_.fake().set_page_max(1000);
    for (const std::string& id : ids) cloud_.run(name + ".remove", {{name, id}});
  }

  [[nodiscard]] Json paged_input(const std::string& kind, const std::string& name) const {
    if (kind == "site") return {{"name", name}};
    if (kind == "function") return {{"name", name}, {"code", "export default {};"}};
    return create_input(sample_.sources.begin().key(), name);
  }

  void bad_weather() {
    cloud_.answer_next_with(
        {.status = 200, .headers = {}, .body = "<html>Welcome to the hotel's wireless"});
    expect_refusal("account.verify", "says when the answer is no answer", Json::object(),
                   {ErrorCode::kInternal});
    cloud_.answer_next_with(
        {.status = 503, .headers = {}, .body = std::string(std::size_t{3} << 20, '<')});
    expect("account.verify", "asks again after a 503 with a page of 3 MB", Json::object());
    cloud_.answer_next_with({.status = 429, .headers = {{"Retry-After", "3"}}, .body = "{}"});
    expect("account.verify", "waits when told to", Json::object());
    cloud_.answer_next_with({.status = 403, .headers = {}, .body = R"({"message":"no"})"});
    expect_refusal("account.verify", "says when it may not", Json::object(),
                   {ErrorCode::kForbidden});
  }

  FakeCloud& cloud_;
  fakes::Sample sample_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> check_conformance(FakeCloud& cloud) { return List(cloud).run(); }

}  // namespace a67::conformance
