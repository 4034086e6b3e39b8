// Services, sites and functions: made, watched, changed and removed.
#include "engine/base/encoding.h"
#include "tests/contract/checker.h"

namespace a67::conformance {
namespace {

class ServiceChecks final : private Checker {
 public:
  explicit ServiceChecks(const Checker& checker) : Checker(checker) {}

  void run() {
    if (can(Capability::kComputeImage)) services("compute.image");
    if (can(Capability::kComputeGit)) services("compute.git");
    if (can(Capability::kComputeUpload)) services("compute.upload");
    if (can(Capability::kStaticUpload)) sites();
    if (can(Capability::kEdgeFunction)) functions();
  }

 private:
  Json service_end(const std::string& id) {
    return await_end("service.get", {{"service", id}}, "service", {"creating", "building"});
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
      auto metrics = expect("service.metrics", "reads what it used",
                            {{"service", id},
                             {"since", fakes::FakeCloud::kBegin},
                             {"until", fakes::FakeCloud::kBegin + 600'000}});
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
};

}  // namespace

void check_services(const Checker& checker) { ServiceChecks(checker).run(); }

}  // namespace a67::conformance
