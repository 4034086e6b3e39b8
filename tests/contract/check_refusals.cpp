// What goes wrong without anybody's mistake, and what is said and left then: a token that has ended
// or may do too much, another project, the plan, the card, the region, a quota, a thing half made,
// an answer that is none, a clock. How each provider says no is in tests/fakes/refusals.json, and
// for what cannot occur there, why.
#include <array>

#include "tests/contract/checker.h"
#include "tests/fakes/refusals.h"

namespace a67::conformance {
namespace {

using fakes::FakeAnswer;
using fakes::Obstacle;

constexpr const char* kName = "a67-no";
constexpr const char* kSaidNo = "Payment information is required to go on";
constexpr std::size_t kPageBytes = std::size_t{10} << 20;
constexpr std::uint32_t kStepsMax = 20;

class RefusalChecks final : private Checker {
 public:
  explicit RefusalChecks(const Checker& checker) : Checker(checker) {}

  void run() {
    for (const char* what : {"expired", "project", "plan", "card", "region", "quota"}) known(what);
    wide_token();
    for (const char* kind : {"service", "site", "function", "database", "bucket"}) {
      if (has(std::string(kind) + ".create")) half_made(kind);
    }
    pages();
    clock();
    said_back();
  }

 private:
  [[nodiscard]] const Json& entry(const std::string& what) const {
    static const Json kNone;
    const Json& all = fakes::known_refusals();
    const auto provider = all.find(cloud_.provider().id);
    if (provider == all.end()) return kNone;
    const auto found = provider->find(what);
    return found == provider->end() ? kNone : *found;
  }

  // What is wrong with an error; empty when a person can go on from it.
  std::string fault_of(const Result<Json>& output, const std::string& codes,
                       const std::string& words) const {
    if (output) return "it was carried out";
    const Error& error = output.error();
    const std::string code(to_string(error.code));
    if (!codes.empty() && !(" " + codes + " ").contains(" " + code + " ")) return described(error);
    if (!error.message.contains(cloud_.provider().name))
      return "it does not say who refused: " + error.message;
    if (!error.message.contains(words)) return "not in the provider's words: " + error.message;
    if (error.hint.empty()) return "no next step after: " + error.message;
    return cloud_.leaks().empty() ? "" : cloud_.leaks().front();
  }

  [[nodiscard]] Json made_input(const std::string& kind) const {
    if (kind == "service") return create_input(sample_.sources.begin().key(), kName);
    Json input = {{"name", kName}};
    if (kind == "function") input["code"] = "export default {};";
    const bool placed = kind == "database" || kind == "bucket";
    if (placed && !sample_.region.empty()) input["region"] = sample_.region;
    return input;
  }

  // The thing of this kind that an operation is done to: made, or one that is there.
  std::string thing(const std::string& kind) {
    const char* key = kind == "bucket" ? "name" : "id";
    if (has(kind + ".create")) {
      auto made = cloud_.run(kind + ".create", made_input(kind));
      if (!made) return {};
      cloud_.wait(std::chrono::minutes(10));
      return string_or((*made)[kind], key, string_or((*made)[kind], "name"));
    }
    auto all = cloud_.run(kind + ".list", Json::object());
    return all && !(*all)[kind + "s"].empty() ? string_or((*all)[kind + "s"][0], key)
                                              : std::string();
  }

  struct Prepared {
    Json input = Json::object();
    std::string kind;  // of what was made for it
    std::string id;
  };
  Prepared prepare(const std::string& operation) {
    if (operation == "account.verify") return {};
    const std::string family = operation.substr(0, operation.find('.'));
    if (operation.ends_with(".create")) return {.input = made_input(family)};
    if (family == "document") {
      return {.input = {{"collection", sample_.collection}, {"id", "x"}, {"value", {{"a", 1}}}}};
    }
    const std::string kind = family == "object" ? "bucket" : family == "sql" ? "database" : family;
    Prepared prepared{.kind = kind, .id = thing(kind)};
    prepared.input[kind] = prepared.id;
    if (operation == "sql.query") prepared.input["sql"] = "SELECT 1";
    if (operation == "object.put") prepared.input.update({{"key", "x"}, {"bytes", "YQ"}});
    if (operation == "site.deploy") {
      prepared.input["files"] = Json::array({{{"path", "index.html"}, {"text", "hello"}}});
    }
    return prepared;
  }

  void tidy(const Prepared& prepared) {
    if (!prepared.kind.empty() && has(prepared.kind + ".remove")) {
      cloud_.run(prepared.kind + ".remove", {{prepared.kind, prepared.id}});
    }
  }

  static FakeAnswer answer_of(const Json& one) {
    FakeAnswer answer{.status = one["status"].get<int>()};
    if (one["answer"].is_string()) {
      answer.text = one["answer"].get<std::string>();
    } else {
      answer.json = one["answer"];
    }
    return answer;
  }

  void known(const std::string& what) {
    const Json& one = entry(what);
    if (one.is_null()) return note("account.verify", what, "nobody says how it is refused");
    if (one.contains("never")) {
      return note("account.verify", what + " cannot occur: " + string_or(one, "never"));
    }
    const std::string operation = string_or(one, "operation");
    const Prepared prepared = prepare(operation);
    const Json settings = cloud_.session().settings;
    if (one.contains("settings")) {
      cloud_.session().settings.update(one["settings"]);
    } else {
      const std::string method = string_or(one, "method");
      cloud_.fake().put_in_the_way({.method = method,
                                    .path = string_or(one, "path"),
                                    .body = string_or(one, "body"),
                                    .changes_only = false,
                                    .answer = answer_of(one)});
    }
    const auto output = cloud_.run(operation, prepared.input);
    std::string fault = fault_of(output, string_or(one, "code"), string_or(one, "words"));
    if (fault.empty() && what == "expired" && !output.error().hint.contains("expired")) {
      fault = "it is not said that it expired: " + output.error().hint;
    }
    note(operation, what + " is told in the provider's words, with what to do", fault);
    cloud_.session().settings = settings;
    cloud_.fake().clear_the_way();
    tidy(prepared);
    note(operation, what + " leaves nothing behind",
         cloud_.fake().is_empty() ? "" : "something is left");
  }

  void wide_token() {
    constexpr std::array kTells = {"fly", "supabase", "vercel"};
    if (std::ranges::find(kTells, cloud_.provider().id) == kTells.end()) {
      return note("account.verify", "a token's rights cannot be compared: the API does not tell");
    }
    const auto warns = [&] {
      const auto output = cloud_.run("account.verify", Json::object());
      return output && output->contains("warnings") && !(*output)["warnings"].empty();
    };
    // Supabase's kind of token is in the token, and the fake's is a classic one.
    if (cloud_.provider().id != "supabase") {
      note("account.verify", "does not warn of a token that may just what is needed",
           warns() ? "it warns" : "");
    }
    cloud_.fake().widen_token(true);
    note("account.verify", "warns of a token that may do more than is needed",
         warns() ? "" : "it says nothing");
    cloud_.fake().widen_token(false);
  }

  // Every step of a creation is refused in turn: what was made before goes again, or is named.
  void half_made(const std::string& kind) {
    const std::string create = kind + ".create";
    for (const bool spares : {true, false}) {
      std::uint32_t step = 0;
      for (; step < kStepsMax; ++step) {
        cloud_.fake().put_in_the_way(
            {.spares_removals = spares, .answer = cloud_.fake().no(402, kSaidNo), .after = step});
        const auto output = cloud_.run(create, made_input(kind));
        cloud_.fake().clear_the_way();
        if (output) break;
        const std::string at = " (step " + std::to_string(step + 1) + ")";
        note(create, "refused half way, it is told as it was said" + at,
             fault_of(output, "", kSaidNo));
        note(create, spares ? "nothing of it is left" + at : "what is left of it is named" + at,
             spares ? (cloud_.fake().is_empty() ? "" : "something is left")
                    : left_fault(output.error(), kind));
        if (!cloud_.fake().is_empty()) return;  // it would be in the way of the next step
      }
      note(create, "has an end", step < kStepsMax ? "" : "it never got through");
      remove_named(kind);
    }
  }

  std::string left_fault(const Error& error, const std::string& kind) {
    if (cloud_.fake().is_empty()) return {};
    const auto named = std::ranges::find_if(error.lines, [&](const std::string& line) {
      return line.starts_with(kind + " ") && line.ends_with(std::string(" ") + kName);
    });
    if (named == error.lines.end()) return "it is left and not named: " + described(error);
    const std::size_t begin = kind.size() + 1;
    const std::string id = named->substr(begin, named->rfind(' ') - begin);
    auto removed = cloud_.run(kind + ".remove", {{kind, id}});
    if (!removed) return "what is named cannot be removed: " + described(removed.error());
    return cloud_.fake().is_empty() ? "" : "more is left than what is named";
  }

  void remove_named(const std::string& kind) {
    auto all = cloud_.run(kind + ".list", Json::object());
    if (!all) return;
    for (const Json& one : (*all)[kind + "s"]) {
      if (string_or(one, "name") == kName)
        cloud_.run(kind + ".remove", {{kind, string_or(one, "id", kName)}});
    }
    cloud_.wait(std::chrono::minutes(10));  // some are a while about it
  }

  // Instead of the provider something else answers, again and again.
  void pages() {
    const std::string page(kPageBytes, '<');
    cloud_.fake().put_in_the_way(
        {.changes_only = false, .answer = {.status = 503, .json = {}, .text = page}});
    note("account.verify", "says so when all that comes is a page of 10 MB",
         fault_of(cloud_.run("account.verify", Json::object()), "too_large unreachable", ""));
    cloud_.fake().clear_the_way();
    for (const char* kind : {"service", "site", "function", "database", "bucket"}) {
      const std::string create = std::string(kind) + ".create";
      if (!has(create)) continue;
      cloud_.fake().put_in_the_way({.answer = {.status = 500, .json = {}, .text = page}});
      note(create, "survives a page of 10 MB instead of an answer",
           fault_of(cloud_.run(create, made_input(kind)), "outcome_unknown too_large unreachable",
                    ""));
      cloud_.fake().clear_the_way();
      cloud_.fake().put_in_the_way(
          {.answer = {.status = 200, .json = {}, .text = "<html>Log in to the hotel"}});
      note(create, "survives an answer that is none",
           fault_of(cloud_.run(create, made_input(kind)), "outcome_unknown internal", ""));
      cloud_.fake().clear_the_way();
      note(create, "leaves nothing behind then",
           cloud_.fake().is_empty() ? "" : "something is left");
      break;  // one kind is enough: the care is the same for all
    }
  }

  void clock() {
    if (cloud_.provider().auth != Auth::kAwsSigV4) {
      return note("account.verify", "a wrong clock cannot matter: no request carries a time");
    }
    cloud_.fake().set_clock_ahead(std::chrono::minutes(47));
    expect("account.verify", "goes by the provider's clock when its own is refused",
           Json::object());
    cloud_.fake().set_clock_ahead(Duration{0});
    cloud_.session().clock_behind = Duration{0};
    cloud_.fake().put_in_the_way(
        {.changes_only = false,
         .answer = {.status = 403,
                    .json = {},
                    .text = "<Error><Code>RequestTimeTooSkewed</Code><Message>The difference "
                            "between the request time and the current time is too large.</Message>"
                            "<ServerTime>2026-11-28T12:00:00Z</ServerTime></Error>"}});
    const auto output = cloud_.run("account.verify", Json::object());
    std::string fault = fault_of(output, "clock_skew", "minutes behind");
    if (fault.empty() && !output.error().hint.contains("clock")) fault = output.error().hint;
    note("account.verify", "says by how much the clock is wrong, and to set it", fault);
    cloud_.fake().clear_the_way();
    cloud_.session().clock_behind = Duration{0};
  }

  void said_back() {
    const std::string& secret = sample_.credential.back().second;
    cloud_.fake().put_in_the_way(
        {.changes_only = false, .answer = cloud_.fake().no(400, "never heard of " + secret)});
    const auto output = cloud_.run("account.verify", Json::object());
    cloud_.fake().clear_the_way();
    note("account.verify", "does not repeat a credential that the provider says back",
         fault_of(output, "", "never heard of"));
  }
};

}  // namespace

void check_refusals(const Checker& checker) { RefusalChecks(checker).run(); }

}  // namespace a67::conformance
