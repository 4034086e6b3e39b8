#include "tests/contract/conformance.h"

#include <array>

#include "tests/contract/checker.h"

namespace a67::conformance {
namespace {

class List final : private Checker {
 public:
  using Checker::Checker;

  void run() {
    declares_what_it_has();
    verify();
    check_services(*this);
    check_data(*this);
    if (has("usage.get")) expect("usage.get", "reads the usage", Json::object());
    if (has("token.create")) tokens();
    paging();
    bad_weather();
    check_refusals(*this);
    note("account.verify", "leaves nothing behind",
         cloud_.fake().is_empty() ? "" : "something is left");
    note("account.verify", "shows the credential to nobody",
         cloud_.leaks().empty() ? "" : cloud_.leaks().front());
    wrong_credential();
  }

 private:
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
};

}  // namespace

std::vector<Finding> check_conformance(fakes::FakeCloud& cloud) {
  std::vector<Finding> findings;
  List(cloud, findings).run();
  return findings;
}

}  // namespace a67::conformance
