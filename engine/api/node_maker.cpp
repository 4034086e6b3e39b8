#include "engine/api/node_maker.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/fleet/claim_code.h"
#include "engine/fleet/node_protocol.h"
#include "engine/fleet/single_port.h"
#include "engine/providers/operation_runner.h"

namespace a67 {
namespace {

using Step = MadeNode::Step;

// Of a provider or a node that may answer a moment later.
bool may_pass(const Error& error) {
  switch (error.code) {
    case ErrorCode::kUnreachable:
    case ErrorCode::kTimeout:
    case ErrorCode::kOutcomeUnknown:
    case ErrorCode::kOffline:
    case ErrorCode::kRateLimited:
    case ErrorCode::kInternal:
      return true;
    default:
      return false;
  }
}

std::string hint_to_unmake(const MadeNode& made) {
  return "Look at its log at the provider; then remove what is left (`automator67 unmake-node " +
         made.id + "`) and make it again.";
}

std::unexpected<Error> name_taken(const std::string& where, const std::string& name) {
  return fail(ErrorCode::kConflict, where + " of the name `" + name + "` already.",
              "Take another name, or remove that one first.", "name");
}

void leave_named(Error& error, const MadeNode& made) {
  if (made.service.empty() || !error.lines.empty()) return;
  error.lines.push_back("service " + made.service + " " + made.name);
}

}  // namespace

NodeMaker::NodeMaker(Doors doors)
    : doors_(std::move(doors)),
      made_(doors_.store, doors_.secrets, [this] { tell(); }),
      changed_(doors_.controller.ports().executor),
      tasks_(doors_.controller.ports().executor) {}

void NodeMaker::add_to(Commands& commands) {
  commands.add("node.make", this, &NodeMaker::make, Commands::Cancel::kAsk);
  commands.add("node.made", this, &NodeMaker::list, Commands::Cancel::kAsk);
  commands.add("node.unmake", this, &NodeMaker::unmake, Commands::Cancel::kAsk);
}

// ---- what there is

std::string NodeMaker::provider_of(const MadeNode& made) const {
  const auto account = doors_.book.find(made.account);
  return account ? std::string(account->provider->name) : made.account;
}

Json NodeMaker::view(const MadeNode& made) const {
  Json view = {
      {"id", made.id},     {"account", made.account},    {"providerName", provider_of(made)},
      {"name", made.name}, {"step", name_of(made.step)}, {"since", made.since}};
  for (const auto& [name, value] :
       {std::pair{"service", &made.service}, {"url", &made.url}, {"node", &made.node}}) {
    if (!value->empty()) view[name] = *value;
  }
  if (made.problem) view["problem"] = to_json_error(*made.problem);
  return view;
}

Json NodeMaker::views() const {
  Json views = Json::array();
  for (const MadeNode& one : made_.all()) views.push_back(view(one));
  return views;
}

void NodeMaker::tell() {
  doors_.emit("made.changed", {{"made", views()}});
  std::erase_if(followers_, [](const auto& follower) { return follower.expired(); });
  for (const auto& follower : followers_) {
    if (const auto context = follower.lock()) context->changed.notify_all();
  }
}

Task<Result<Json>> NodeMaker::list(Commands::Context /*context*/, Json /*body*/) {
  co_return Json{{"made", views()}};
}

// ---- making

Task<Result<Json>> NodeMaker::make(Commands::Context context, Json body) {
  auto made = co_await begin(std::move(body));
  if (!made) co_return std::unexpected(made.error());
  followers_.push_back(context);
  const std::string id = made->id;
  const std::shared_ptr<Run> run = start(id, true);
  Json told;
  while (!run->ended) {
    if (const auto now = made_.find(id)) {
      Json progress = view(*now);
      if (progress != told) context->send_progress(progress);
      told = std::move(progress);
    }
    if (context->cancelled) {
      co_await await_end(id);
      const auto left = made_.find(id);
      if (left && left->step != Step::kReady) {
        if (auto gone = co_await remove_service(*left); !gone) {
          co_return std::unexpected(gone.error());
        }
        co_return fail(ErrorCode::kCancelled, "Cancelled. Nothing of `" + left->name +
                                                  "` is left at " + provider_of(*left) + ".");
      }
      continue;
    }
    co_await context->changed.wait();
  }
  if (run->error) co_return std::unexpected(*run->error);
  const auto now = made_.find(id);
  const NodeRecord* node = now ? doors_.controller.state().find_node(NodeId(now->node)) : nullptr;
  if (node == nullptr) {
    co_return fail(ErrorCode::kConflict, "The node was removed while it was being made.");
  }
  co_return Json{{"node", doors_.controller.view_of(*node)}};
}

// Everything that is needed to go on is durable when it answers.
Task<Result<MadeNode>> NodeMaker::begin(Json body) {
  Controller& controller = doors_.controller;
  if (auto active = controller.ensure_active(); !active) co_return std::unexpected(active.error());
  const auto account = doors_.book.get(string_or(body, "account"));
  if (!account) co_return std::unexpected(account.error());
  const std::string provider(account->provider->name);
  if (!account->provider->can(Capability::kComputeImage)) {
    co_return fail(ErrorCode::kInvalidInput, provider + " runs no images, so it can run no node.",
                   "Choose an account that can (`compute.image`).", "account");
  }
  const std::string name = string_or(body, "name");
  MadeNode made{.id = account->id + "." + name,
                .account = account->id,
                .name = name,
                .since = controller.ports().clock.unix_now()};
  made.input = {{"name", name},
                {"source", {{"kind", "image"}, {"image", string_or(body, "image")}}},
                {"port", kPort},
                {"healthPath", std::string(kControlPrefix) + std::string(kHealthPath)}};
  for (const char* field : {"region", "plan"}) put_if(made.input, field, string_or(body, field));
  if (made_.find(made.id) || running_.contains(made.id) ||
      std::ranges::contains(controller.state().nodes, name, &NodeRecord::name)) {
    co_return name_taken("There is a node", name);
  }
  // Two of one name at the same time would overwrite each other's code.
  running_[made.id] = std::make_shared<Run>();
  auto kept = co_await keep_beginning(made);
  running_.erase(made.id);
  if (!kept) co_return std::unexpected(kept.error());
  co_return made;
}

Task<Result<void>> NodeMaker::keep_beginning(MadeNode made) {
  // What bears the name from now on is ours, also when the engine ends before it hears of it.
  auto there = co_await find_service(made.account, made.name);
  if (!there) co_return std::unexpected(there.error());
  if (*there) co_return name_taken(provider_of(made) + " has a service", made.name);
  auto kept = co_await doors_.secrets.keep(
      claim_secret_of(made.id),
      {.value = Sensitive<std::string>(make_claim_code(doors_.controller.ports().random)),
       .note = "Claims the node " + made.name + " once it answers"});
  if (!kept) co_return kept;
  auto saved = co_await made_.put(made);
  if (!saved) (void)co_await doors_.secrets.forget(claim_secret_of(made.id));
  co_return saved;
}

void NodeMaker::resume() {
  for (const MadeNode& made : made_.all()) {
    if (made.step != Step::kReady && made.step != Step::kFailed && !running_.contains(made.id)) {
      start(made.id, false);
    }
  }
}

std::shared_ptr<NodeMaker::Run> NodeMaker::start(const std::string& id, bool fresh) {
  auto one = std::make_shared<Run>();
  running_[id] = one;
  tasks_.spawn(run(id, fresh, one));
  return one;
}

Task<void> NodeMaker::run(std::string id, bool fresh, std::shared_ptr<Run> run) {
  auto done = co_await bring_up(id, fresh, run);
  if (!done) {
    run->error = std::move(done.error());
    auto made = made_.find(id);
    if (made && !run->cancelled) {
      leave_named(*run->error, *made);
      const bool left = !run->error->lines.empty();
      made->step = Step::kFailed;
      made->problem = run->error;
      // Nothing is left of it: nothing has to be removed.
      auto noted = left ? co_await made_.put(std::move(*made)) : co_await made_.drop(id);
      if (!noted) {
        doors_.controller.ports().log.write(LogLevel::kError, noted.error().message);
      }
    }
  }
  run->ended = true;
  if (const auto found = running_.find(id); found != running_.end() && found->second == run) {
    running_.erase(found);
  }
  changed_.notify_all();
  tell();
}

Task<Result<void>> NodeMaker::bring_up(std::string id, bool fresh, std::shared_ptr<Run> run) {
  auto made = made_.find(id);
  if (!made) co_return Result<void>{};
  if (made->service.empty()) {
    if (auto there = co_await make_service(&*made, fresh); !there) co_return there;
  }
  Executor& executor = doors_.controller.ports().executor;
  for (bool live = false;;) {
    if (run->cancelled) co_return fail(ErrorCode::kCancelled, "Cancelled.");
    if (!live) {
      if (auto looked = co_await look_at_service(&*made, &live); !looked) co_return looked;
    }
    if (!made->url.empty() && !run->cancelled) {
      auto claimed = co_await try_to_claim(&*made);
      if (!claimed) co_return std::unexpected(claimed.error());
      if (*claimed) co_return Result<void>{};
    }
    if (doors_.controller.ports().clock.unix_now() - made->since > kMakeMax.count()) {
      co_return std::unexpected(late(*made));
    }
    if (!run->cancelled) (void)co_await changed_.wait_until(executor.now() + kLookEvery);
  }
}

// `fresh`: nobody can have made it before.
Task<Result<void>> NodeMaker::make_service(MadeNode* made, bool fresh) {
  Json service;
  if (!fresh) {
    auto there = co_await find_service(made->account, made->name);
    if (!there) co_return std::unexpected(there.error());
    if (*there && string_or(**there, "state") == "incomplete") {
      auto gone = co_await doors_.book.run(made->account, "service.remove",
                                           {{"service", string_or(**there, "id")}});
      if (!gone) co_return std::unexpected(gone.error());
    } else if (*there) {
      service = std::move(**there);
    }
  }
  if (service.is_null()) {
    auto code = co_await doors_.secrets.use(claim_secret_of(made->id));
    if (!code) co_return std::unexpected(code.error());
    Json input = made->input;
    input["env"] = {{"A67_CLAIM_CODE", code->expose()}, {"A67_NODE_NAME", made->name}};
    auto created = co_await doors_.book.run(made->account, "service.create", std::move(input));
    if (!created) co_return std::unexpected(created.error());
    service = (*created)["service"];
  }
  made->service = string_or(service, "id");
  made->url = string_or(service, "url");
  made->step = Step::kStarting;
  co_return co_await made_.put(*made);
}

Task<Result<void>> NodeMaker::look_at_service(MadeNode* made, bool* live) {
  auto got = co_await doors_.book.run(made->account, "service.get", {{"service", made->service}});
  if (!got) {
    if (may_pass(got.error())) co_return Result<void>{};
    co_return std::unexpected(got.error());
  }
  const Json& service = (*got)["service"];
  const std::string state = string_or(service, "state");
  if (state == "failed" || state == "stopped" || state == "suspended") {
    co_return fail(ErrorCode::kUnhealthy,
                   provider_of(*made) + " says that `" + made->name + "` is " + state +
                       (service.contains("detail") ? ": " + string_or(service, "detail") : "") +
                       ".",
                   hint_to_unmake(*made));
  }
  *live = state == "live" || state == "sleeping";
  const std::string url = string_or(service, "url");
  const Step step = url.empty() ? Step::kStarting : *live ? Step::kAnswering : made->step;
  if (url == made->url && step == made->step) co_return Result<void>{};
  made->url = url;
  made->step = step;
  co_return co_await made_.put(*made);
}

Task<Result<bool>> NodeMaker::try_to_claim(MadeNode* made) {
  auto code = co_await doors_.secrets.use(claim_secret_of(made->id));
  if (!code) co_return std::unexpected(code.error());
  std::string url = made->url;
  while (url.ends_with('/')) url.pop_back();
  auto record = co_await doors_.nodes.take_in(url + std::string(kControlPrefix), std::move(*code));
  if (!record) {
    // What stands before a node that is not there yet answers for it, with anything.
    if (may_pass(record.error()) || record.error().code == ErrorCode::kInvalidInput ||
        record.error().code == ErrorCode::kNotFound) {
      co_return false;
    }
    Error error = record.error();
    if (error.code == ErrorCode::kForbidden || error.code == ErrorCode::kConflict) {
      error.message =
          "The node at " + url + " does not take the code it was given: " + error.message;
      error.hint = hint_to_unmake(*made);
      error.field.clear();
    }
    co_return std::unexpected(std::move(error));
  }
  made->node = record->id.value;
  made->step = Step::kReady;
  if (auto saved = co_await made_.put(*made); !saved) co_return std::unexpected(saved.error());
  co_return true;
}

Error NodeMaker::late(const MadeNode& made) const {
  const std::string minutes = std::to_string(kMakeMax.count() / 60'000);
  return {.code = ErrorCode::kTimeout,
          .message = "The node `" + made.name + "` did not answer within " + minutes + " minutes" +
                     (made.url.empty() ? "" : " at " + made.url) + ". Its service at " +
                     provider_of(made) + " is still there.",
          .hint = hint_to_unmake(made)};
}

Task<Result<std::optional<Json>>> NodeMaker::find_service(std::string account, std::string name) {
  auto listed = co_await doors_.book.run(account, "service.list", Json::object());
  if (!listed) co_return std::unexpected(listed.error());
  for (const Json& one : array_at(*listed, "services")) {
    if (string_or(one, "name") == name) co_return one;
  }
  co_return std::nullopt;
}

// ---- unmaking

Task<void> NodeMaker::await_end(std::string id) {
  for (auto found = running_.find(id); found != running_.end(); found = running_.find(id)) {
    found->second->cancelled = true;
    changed_.notify_all();
    co_await changed_.wait();
  }
}

// Whatever bears its name is its own, also when nobody heard of it being made.
Task<Result<void>> NodeMaker::remove_service(MadeNode made) {
  if (made.service.empty()) {
    auto there = co_await find_service(made.account, made.name);
    if (!there) co_return std::unexpected(there.error());
    if (*there) made.service = string_or(**there, "id");
  }
  if (!made.service.empty()) {
    auto gone =
        co_await doors_.book.run(made.account, "service.remove", {{"service", made.service}});
    if (!gone) {
      // It is not gone on with: somebody wanted it away.
      Error error = gone.error();
      leave_named(error, made);
      made.step = Step::kFailed;
      made.problem = error;
      (void)co_await made_.put(std::move(made));
      co_return std::unexpected(std::move(error));
    }
  }
  co_return co_await made_.drop(made.id);
}

Task<Result<Json>> NodeMaker::unmake(Commands::Context context, Json body) {
  const std::string id = string_or(body, "made");
  if (!made_.find(id)) {
    co_return fail(ErrorCode::kNotFound, "No node `" + id + "` was made.",
                   "`made-nodes` lists them.", "made");
  }
  co_await await_end(id);
  auto made = made_.find(id);
  if (!made) co_return Json::object();
  if (doors_.controller.state().find_node(NodeId(made->node)) != nullptr) {
    auto emptied = co_await doors_.nodes.remove(
        std::move(context), {{"node", made->node}, {"force", bool_or(body, "force")}});
    if (!emptied) co_return emptied;
  }
  if (auto gone = co_await remove_service(*made); !gone) co_return std::unexpected(gone.error());
  co_return Json::object();
}

// ---- what happened to the account

Task<Result<void>> NodeMaker::on_service_removed(std::string account, std::string service) {
  for (const MadeNode& made : made_.all()) {
    if (made.account != account || made.service != service) continue;
    co_await await_end(made.id);
    const auto now = made_.find(made.id);
    if (!now) continue;
    if (doors_.controller.state().find_node(NodeId(now->node)) != nullptr) {
      auto gone = co_await doors_.nodes.forget(NodeId(now->node));
      if (!gone) co_return gone;
    }
    if (auto dropped = co_await made_.drop(now->id); !dropped) co_return dropped;
  }
  co_return Result<void>{};
}

Task<Result<void>> NodeMaker::on_account_removed(std::string account) {
  for (const MadeNode& made : made_.all()) {
    if (made.account != account) continue;
    co_await await_end(made.id);
    if (auto dropped = co_await made_.drop(made.id); !dropped) co_return dropped;
  }
  co_return Result<void>{};
}

std::size_t NodeMaker::nodes_of(const std::string& account) const {
  const auto made = made_.all();
  return static_cast<std::size_t>(std::ranges::count(made, account, &MadeNode::account));
}

}  // namespace a67
