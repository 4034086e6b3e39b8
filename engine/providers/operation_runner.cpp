#include "engine/providers/operation_runner.h"

#include <optional>
#include <utility>

#include "engine/providers/operations_text.h"

namespace a67 {
namespace {

const Json& descriptions() {
  static const Json kDescriptions = Json::parse(kOperationsText);
  return kDescriptions;
}

bool is_unknown_outcome(const Error& error) {
  return error.code == ErrorCode::kTimeout || error.code == ErrorCode::kOutcomeUnknown;
}

// One act of making something: kind "service" has the operations service.list and service.remove.
class Creation {
 public:
  Creation(ApiPorts ports, AccountSession* session, const Operation& operation, std::string kind,
           Json input)
      : ports_(ports),
        session_(session),
        operation_(operation),
        kind_(std::move(kind)),
        name_(string_or(input, "name")),
        input_(std::move(input)) {}

  Task<Result<Json>> run() {
    auto there = co_await find();
    if (!there) co_return std::unexpected(there.error());
    if (*there) {
      co_return fail(ErrorCode::kConflict,
                     std::string(session_->provider->name) + " already has a " + kind_ +
                         " named `" + name_ + "`.",
                     "Take another name, or remove that one first.", "name");
    }
    for (std::uint32_t attempt = 1;; ++attempt) {  // bounded by kCreateAttemptsMax
      Api api(ports_, *session_, std::string(operation_.name), attempt > 1);
      auto made = co_await operation_.run(&api, input_);
      if (made) co_return made;
      changed_ = changed_ || api.has_changed_something();
      if (!is_unknown_outcome(made.error())) co_return co_await clean_up(std::move(made.error()));
      changed_ = true;
      co_await ports_.executor.sleep(kSettleTime);
      there = co_await find();
      if (!there) co_return left_unknown(std::move(made.error()));
      if (*there && string_or(**there, "state") != "incomplete") {
        co_return Json{{kind_, std::move(**there)}};
      }
      if (attempt == kCreateAttemptsMax) co_return co_await clean_up(std::move(made.error()));
    }
  }

 private:
  Task<Result<std::optional<Json>>> find() {
    const Operation* list = session_->provider->find(kind_ + ".list");
    if (list == nullptr) co_return std::nullopt;
    Api api(ports_, *session_, std::string(list->name));
    auto all = co_await list->run(&api, Json::object());
    if (!all) co_return std::unexpected(all.error());
    for (const Json& one : array_at(*all, kind_ + "s")) {
      if (string_or(one, "name") == name_) co_return one;
    }
    co_return std::nullopt;
  }

  // Takes away what was made before the refusal, and says so when it cannot.
  Task<Result<Json>> clean_up(Error error) {
    if (!changed_) co_return std::unexpected(std::move(error));
    auto there = co_await find();
    if (!there) co_return left_unknown(std::move(error));
    if (!*there) co_return std::unexpected(std::move(error));
    const std::string id = string_or(**there, "id", name_);
    const Operation* remove = session_->provider->find(kind_ + ".remove");
    if (remove != nullptr) {
      Api api(ports_, *session_, std::string(remove->name));
      Json input = {{kind_, id}};
      auto removed = co_await remove->run(&api, std::move(input));
      if (removed) co_return std::unexpected(std::move(error));
    }
    error.lines.push_back(kind_ + " " + id + " " + name_);
    error.hint = "Something was left behind: remove the " + kind_ + " `" + name_ + "`.";
    co_return std::unexpected(std::move(error));
  }

  std::unexpected<Error> left_unknown(Error error) {
    error.code = ErrorCode::kOutcomeUnknown;
    error.hint = "Whether the " + kind_ + " `" + name_ + "` was made is unknown, and " +
                 std::string(session_->provider->name) +
                 " cannot be asked now. Look before you make it again.";
    error.lines.push_back(kind_ + " ? " + name_);
    return std::unexpected(std::move(error));
  }

  ApiPorts ports_;
  AccountSession* session_;
  const Operation& operation_;
  std::string kind_;
  std::string name_;
  Json input_;
  bool changed_ = false;
};

}  // namespace

const Json* operation_description(std::string_view name) {
  const Json& all = descriptions()["operations"];
  const auto found = all.find(name);
  return found == all.end() ? nullptr : &*found;
}

const Json& capability_operations() { return descriptions()["capabilities"]; }

Task<Result<Json>> run_operation(ApiPorts ports, AccountSession* session, std::string name,
                                 Json input) {
  const Operation* operation = session->provider->find(name);
  const Json* description = operation_description(name);
  if (operation == nullptr || description == nullptr) {
    co_return fail(ErrorCode::kNotFound, std::string(session->provider->name) + " has no `" + name +
                                             "`, or no API for it.");
  }
  const std::string creates = string_or(*description, "creates");
  if (!creates.empty()) {
    Creation creation(ports, session, *operation, creates, std::move(input));
    co_return co_await creation.run();
  }
  Api api(ports, *session, std::move(name));
  co_return co_await operation->run(&api, std::move(input));
}

}  // namespace a67
