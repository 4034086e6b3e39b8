#include "engine/api/engine.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "engine/api/account_room.h"
#include "engine/api/app_commands.h"
#include "engine/api/audit_trail.h"
#include "engine/api/backup_commands.h"
#include "engine/api/commands.h"
#include "engine/api/contract.h"
#include "engine/api/controller.h"
#include "engine/api/effects.h"
#include "engine/api/history_commands.h"
#include "engine/api/log_commands.h"
#include "engine/api/node_commands.h"
#include "engine/api/node_maker.h"
#include "engine/api/node_relays.h"
#include "engine/api/rollout_commands.h"
#include "engine/api/secret_commands.h"
#include "engine/api/storage_commands.h"
#include "engine/api/vault_gate.h"
#include "engine/api/vault_reencryption.h"
#include "engine/api/vault_state_store.h"
#include "engine/base/encoding.h"
#include "engine/state/plain_state_store.h"

namespace a67 {
namespace {

constexpr Duration kFirstWordsMax{3'000};
// A command may carry the list of an archive's files.
constexpr JsonLimits kMessageLimits{.bytes_max = std::size_t{96} << 20, .depth_max = 48};

}  // namespace

// The composition root: everything is made here, in the order in which it may be used.
struct Engine::Parts final : WallClock {
  Executor executor;
  std::vector<Json> out;
  EffectBus effects;
  Commands commands;
  std::deque<Json> inbox;
  std::string host;  // what kind of program it is, in its own word
  UnixMs unix_at_sync = 0;
  Instant synced_at{};
  std::optional<Random> random;
  std::unique_ptr<VaultGate> gate;  // null: the host has no doors for a vault
  std::unique_ptr<StateStore> store;
  VaultStateStore* vault_store = nullptr;  // `store`, when there is a gate
  std::unique_ptr<SecretCommands> secret_commands;
  std::unique_ptr<AccountRoom> accounts;  // null like the gate
  std::unique_ptr<VaultReencryption> reencryption;
  AuditTrail audit_trail;
  std::unique_ptr<Controller> controller;
  NodeRelays relays{controller};
  std::unique_ptr<NodeCommands> node_commands;
  std::unique_ptr<NodeMaker> node_maker;  // null like the gate
  std::unique_ptr<RolloutCommands> rollout_commands;
  std::unique_ptr<AppCommands> app_commands;
  std::unique_ptr<LogCommands> log_commands;
  std::unique_ptr<HistoryCommands> history_commands;
  std::unique_ptr<StorageCommands> storage_commands;
  std::unique_ptr<BackupCommands> backup_commands;  // null like the gate
  TaskScope tasks;

  Parts()
      : effects(executor, [this](Json message) { out.push_back(std::move(message)); }),
        commands(executor, [this](Json message) { out.push_back(std::move(message)); }),
        audit_trail(*this, effects),
        tasks(executor) {}
  ~Parts() override {
    // Commands' tasks use the controller, and everything's last words are effects nobody hears.
    tasks.cancel_all();
    commands.cancel_all();
    if (gate) gate->cancel_all();
    node_maker.reset();
    controller.reset();
  }

  [[nodiscard]] UnixMs unix_now() const override {
    return unix_at_sync + (executor.now() - synced_at).count();
  }

  void accept(const Json& message);
  void start(const Json& message);
  void guard_with_vault(std::string workspace, std::string page_origin);
  void add_commands();
  void emit(std::string name, Json body) {
    out.push_back({{"kind", "event"}, {"name", std::move(name)}, {"body", std::move(body)}});
  }
  Task<void> start_gate();
  Task<Result<void>> open_state();
  Task<Result<void>> begin_controller();
  Task<void> start_controller();
  void sync_clock(const Json& message) {
    unix_at_sync = int_or(message, "unixMs");
    synced_at = executor.now();
  }
};

void Engine::Parts::accept(const Json& message) {
  const std::string kind = string_or(message, "kind");
  const std::int64_t id = int_or(message, "id", -1);
  if (kind == "result") {
    effects.on_result(id, object_at(message, "body"));
  } else if (kind == "chunk") {
    effects.on_chunk(id, object_at(message, "body"));
  } else if (kind == "error") {
    effects.on_error(id, error_from_json(object_at(message, "error")));
  } else if (kind == "command") {
    commands.accept(id, string_or(message, "name"), message.value("body", Json::object()));
  } else if (kind == "cancel") {
    commands.cancel(id);
  } else if (kind == "network") {
    if (controller) controller->set_online(bool_or(message, "online", true));
  } else if (kind == "clock") {
    sync_clock(message);
  } else if (kind == "start") {
    start(message);
  } else {
    effects.write(LogLevel::kError, "The host sent a message of the unknown kind `" + kind + "`.");
  }
}

void Engine::Parts::start(const Json& message) {
  if (random) {
    effects.write(LogLevel::kError, "The host sent `start` twice.");
    return;
  }
  const auto bytes = hex_decode(string_or(message, "seed"));
  if (!bytes || bytes->size() != Seed{}.size()) {
    effects.write(LogLevel::kError, "The host's `start` has no seed of 64 hex digits.");
    return;
  }
  Seed seed{};
  std::ranges::copy(*bytes, seed.begin());
  random.emplace(Sensitive(seed));
  wipe(seed.data(), seed.size());
  sync_clock(message);
  host = string_or(message, "host");
  out.push_back({{"kind", "hello"}, {"protocol", contract()["protocol"]}, {"version", kVersion}});

  if (bool_or(message, "vault")) {
    guard_with_vault(string_or(message, "workspace", std::string(VaultGate::kWorkspace)),
                     string_or(message, "origin"));
  } else {
    store = std::make_unique<PlainStateStore>(effects);
  }
  controller = std::make_unique<Controller>(
      Ports{executor, *random, *this, effects, effects, effects, effects, effects}, *store,
      [this](std::string name, Json body) { emit(std::move(name), std::move(body)); });
  add_commands();
  if (gate) {
    tasks.spawn(start_gate());
  } else {
    tasks.spawn(start_controller());
  }
}

void Engine::Parts::add_commands() {
  node_commands = std::make_unique<NodeCommands>(*controller);
  rollout_commands = std::make_unique<RolloutCommands>(*controller);
  app_commands = std::make_unique<AppCommands>(*controller);
  log_commands = std::make_unique<LogCommands>(*controller);
  history_commands =
      std::make_unique<HistoryCommands>(HistoryCommands::Doors{.controller = *controller,
                                                               .commands = commands,
                                                               .store = vault_store,
                                                               .secrets = secret_commands.get()});
  storage_commands = std::make_unique<StorageCommands>(vault_store);
  node_commands->add_to(commands);
  rollout_commands->add_to(commands);
  app_commands->add_to(commands);
  log_commands->add_to(commands);
  if (gate) {
    node_maker = std::make_unique<NodeMaker>(NodeMaker::Doors{
        .book = accounts->book(),
        .secrets = *secret_commands,
        .store = *vault_store,
        .nodes = *node_commands,
        .controller = *controller,
        .emit = [this](std::string name, Json body) { emit(std::move(name), std::move(body)); }});
    node_maker->add_to(commands);
    accounts->watch_with(*node_maker);
    backup_commands = std::make_unique<BackupCommands>(BackupCommands::Doors{
        .ports = {.keyring = effects, .table = effects, .random = *random, .clock = *this},
        .gate = *gate,
        .store = *vault_store,
        .controller = *controller,
        .secrets = *secret_commands,
        .accounts = *accounts});
    backup_commands->add_to(commands);
  }
  history_commands->add_to();
  storage_commands->add_to(commands);
  audit_trail.add_to(commands);
}

void Engine::Parts::guard_with_vault(std::string workspace, std::string page_origin) {
  gate = std::make_unique<VaultGate>(
      VaultPorts{.keyring = effects, .table = effects, .random = *random, .clock = *this}, executor,
      workspace,
      VaultGate::Doors{
          .open_state = [this] { return open_state(); },
          .data = [this]() -> Reencryption& { return *reencryption; },
          .emit = [this](std::string name, Json body) { emit(std::move(name), std::move(body)); }});
  gate->add_to(commands);
  auto kept = std::make_unique<VaultStateStore>(VaultStateStore::Doors{.executor = executor,
                                                                       .random = *random,
                                                                       .clock = *this,
                                                                       .keyring = effects,
                                                                       .table = effects,
                                                                       .earlier = effects},
                                                gate->vault(), workspace);
  vault_store = kept.get();
  store = std::move(kept);
  secret_commands = std::make_unique<SecretCommands>(SecretCommands::Doors{
      .store = *vault_store,
      .vault = gate->vault(),
      .keyring = effects,
      .clock = *this,
      .workspace = std::move(workspace),
      .emit = [this](std::string name, Json body) { emit(std::move(name), std::move(body)); }});
  secret_commands->add_to(commands);
  accounts = std::make_unique<AccountRoom>(AccountRoom::Doors{
      .store = *vault_store,
      .secrets = *secret_commands,
      .api = {.executor = executor,
              .random = *random,
              .clock = *this,
              .http = effects,
              .relays = &relays},
      .page_origin = std::move(page_origin),
      .emit = [this](std::string name, Json body) { emit(std::move(name), std::move(body)); }});
  accounts->add_to(commands);
}

Task<void> Engine::Parts::start_gate() {
  if (auto started = co_await gate->start(); !started) {
    out.push_back({{"kind", "fatal"}, {"error", to_json_error(started.error())}});
    commands.close(started.error());
    co_return;
  }
  out.push_back({{"kind", "ready"}});
  commands.open_only("vault.", {.code = ErrorCode::kLocked,
                                .message = "The vault is locked, or was not created yet.",
                                .hint = "Unlock it, or create it."});
}

Task<Result<void>> Engine::Parts::open_state() {
  auto started = co_await begin_controller();
  if (!started) co_return started;
  reencryption =
      std::make_unique<VaultReencryption>(VaultReencryption::Doors{.executor = executor,
                                                                   .secrets = *secret_commands,
                                                                   .log = *vault_store->log(),
                                                                   .audit = *vault_store->audit()});
  co_await audit_trail.open(vault_store->audit(), vault_store->device());
  commands.open();
  node_maker->resume();
  co_return Result<void>{};
}

Task<Result<void>> Engine::Parts::begin_controller() {
  auto started = co_await controller->start();
  // A page shows what comes in; a command asks once and must not be told of a moment nobody has
  // looked yet.
  if (started && host == "cli") co_await controller->await_first_words(kFirstWordsMax);
  co_return started;
}

Task<void> Engine::Parts::start_controller() {
  auto started = co_await begin_controller();
  if (started) {
    out.push_back({{"kind", "ready"}});
    commands.open();
  } else {
    out.push_back({{"kind", "fatal"}, {"error", to_json_error(started.error())}});
    commands.close(started.error());
  }
}

Engine::Engine() : parts_(std::make_unique<Parts>()) {}
Engine::~Engine() = default;

void Engine::push(std::string_view message) {
  auto parsed = parse_json(message, kMessageLimits);
  if (parsed && parsed->is_object()) {
    parts_->inbox.push_back(std::move(*parsed));
  } else {
    parts_->effects.write(LogLevel::kError, "The host sent a message that is not a JSON object.");
  }
}

std::string Engine::drain(Instant now) {
  parts_->executor.advance(now);
  while (!parts_->inbox.empty()) {
    const Json message = std::move(parts_->inbox.front());
    parts_->inbox.pop_front();
    parts_->accept(message);
  }
  parts_->executor.run(now);
  return dump_json(Json(std::exchange(parts_->out, {})));
}

std::optional<Instant> Engine::next_wake() const {
  if (!parts_->inbox.empty()) return parts_->executor.now();
  return parts_->executor.next_wake();
}

}  // namespace a67
