#include "engine/api/vault_gate.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

#include "engine/base/encoding.h"

namespace a67 {
namespace {

constexpr Duration kLookForRotationEvery = std::chrono::hours(1);
constexpr std::string_view kRows = "w/";
constexpr std::string_view kErasing = "erasing";
constexpr char kAfterSlash = '/' + 1;  // the first byte behind every row of a workspace
constexpr std::size_t kWorkspacesMax = 100;
constexpr std::string_view kPassphraseLabel = "Passphrase";
constexpr std::string_view kRecoveryLabel = "Recovery kit";
constexpr std::string_view kDeviceLabel = "This device";

SecretRef secret_at(const Json& body, const char* field) { return {.number = int_or(body, field)}; }

// The contract has checked them.
MethodKind kind_at(const Json& body, const char* field) {
  return method_kind_from(string_or(body, field)).value_or(MethodKind::kPassphrase);
}

Argon2Params argon2_at(const Json& body) {
  const Json& argon2 = object_at(body, "argon2");
  return {.memory_kib = static_cast<std::uint32_t>(int_or(argon2, "memoryKib")),
          .passes = static_cast<std::uint32_t>(int_or(argon2, "passes"))};
}

// Nothing when it is neither of the two that the contract's words allow.
std::optional<std::vector<NewMethod>> first_methods(const Json& body) {
  const bool device = body.contains("device");
  for (const char* field : {"passphrase", "recovery", "argon2"}) {
    if (body.contains(field) == device) return std::nullopt;
  }
  std::vector<NewMethod> methods;
  if (device) {
    methods.push_back({.kind = MethodKind::kDevice,
                       .secret = secret_at(body, "device"),
                       .label = std::string(kDeviceLabel)});
    return methods;
  }
  methods.push_back({.kind = MethodKind::kPassphrase,
                     .secret = secret_at(body, "passphrase"),
                     .label = std::string(kPassphraseLabel),
                     .argon2 = argon2_at(body)});
  methods.push_back({.kind = MethodKind::kRecovery,
                     .secret = secret_at(body, "recovery"),
                     .label = std::string(kRecoveryLabel)});
  return methods;
}

std::string text_of(const std::string& bytes) {
  return base64url_encode(
      std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}

// Nothing when it is not base64url.
std::optional<std::string> bytes_at(const Json& body, const char* field) {
  const auto bytes = base64url_decode(string_or(body, field));
  return bytes ? std::optional(std::string(bytes->begin(), bytes->end())) : std::nullopt;
}

Json method_view(const UnlockMethod& method) {
  Json view = {{"id", method.id.value},
               {"kind", to_string(method.kind)},
               {"label", method.label},
               {"createdAt", method.created_at},
               {"salt", text_of(method.salt)}};
  if (!method.credential.empty()) view["credential"] = text_of(method.credential);
  return view;
}

Json methods_view(const VaultHeader& header) {
  Json methods = Json::array();
  for (const UnlockMethod& method : header.methods) methods.push_back(method_view(method));
  return methods;
}

}  // namespace

VaultGate::VaultGate(VaultPorts ports, Executor& executor, std::string workspace, Doors doors)
    : ports_(ports),
      executor_(executor),
      workspace_(std::move(workspace)),
      doors_(std::move(doors)),
      vault_(ports, workspace_),
      rotated_(executor),
      tasks_(executor) {}

void VaultGate::add_to(Commands& commands) {
  // A change that was begun is ended: half of one must not be left to the next start.
  commands.add("vault.status", this, &VaultGate::status, Commands::Cancel::kAsk);
  commands.add("vault.create", this, &VaultGate::create, Commands::Cancel::kAsk);
  commands.add("vault.unlock", this, &VaultGate::unlock, Commands::Cancel::kAsk);
  commands.add("vault.change_passphrase", this, &VaultGate::change_passphrase,
               Commands::Cancel::kAsk);
  commands.add("vault.add_method", this, &VaultGate::add_method, Commands::Cancel::kAsk);
  commands.add("vault.remove_method", this, &VaultGate::remove_method, Commands::Cancel::kAsk);
  commands.add("vault.rotate", this, &VaultGate::rotate, Commands::Cancel::kAsk);
  commands.add("vault.workspaces", this, &VaultGate::workspaces, Commands::Cancel::kAsk);
  commands.add("vault.erase", this, &VaultGate::erase, Commands::Cancel::kAsk);
}

Task<Result<void>> VaultGate::start() {
  auto erasing = co_await ports_.table.get(rows() + std::string(kErasing));
  if (!erasing) co_return std::unexpected(erasing.error());
  if (*erasing) {
    if (auto erased = co_await erase_rows(); !erased) co_return erased;
  }
  auto header = co_await vault_.inspect();
  if (header) {
    seen_ = std::move(*header);
  } else if (header.error().code != ErrorCode::kNotFound) {
    co_return std::unexpected(header.error());
  }
  tell();
  co_return Result<void>{};
}

// ---- commands

Task<Result<Json>> VaultGate::status(Commands::Context /*context*/, Json /*body*/) {
  co_return Json{{"vault", view()}};
}

Task<Result<Json>> VaultGate::create(Commands::Context /*context*/, Json body) {
  if (erased_) {
    co_return fail(ErrorCode::kConflict, "The workspace was just erased.",
                   "Reload, then create a new one.");
  }
  auto methods = first_methods(body);
  if (!methods) {
    ports_.keyring.forget({secret_at(body, "passphrase").number, secret_at(body, "recovery").number,
                           secret_at(body, "device").number});
    co_return fail(ErrorCode::kInvalidInput,
                   "A new vault needs a passphrase with its cost and recovery words, or a device's "
                   "own secret alone.",
                   "Give the one or the other.");
  }
  auto created = co_await vault_.create(string_or(body, "name"), std::move(*methods));
  if (!created) co_return std::unexpected(created.error());
  seen_ = vault_.header();
  if (auto entered = co_await enter(); !entered) co_return std::unexpected(entered.error());
  co_return tell();
}

Task<Result<Json>> VaultGate::unlock(Commands::Context /*context*/, Json body) {
  if (vault_.is_open()) {
    ports_.keyring.forget({secret_at(body, "secret").number});
    co_return Json{{"vault", view()}};
  }
  auto opened = co_await vault_.unlock({.kind = kind_at(body, "kind"),
                                        .secret = secret_at(body, "secret"),
                                        .method = MethodId(string_or(body, "method"))});
  if (!opened) co_return std::unexpected(opened.error());
  seen_ = vault_.header();
  if (auto entered = co_await enter(); !entered) co_return std::unexpected(entered.error());
  co_return tell();
}

// What the vault guards is opened before anybody hears that the vault is: an open vault is one that
// answers.
Task<Result<void>> VaultGate::enter() {
  auto opened = co_await doors_.open_state();
  if (!opened) {
    vault_.lock();
    co_return opened;
  }
  tasks_.spawn(rotate_when_due());
  co_return Result<void>{};
}

Task<Result<Json>> VaultGate::opened() {
  seen_ = vault_.header();
  auto entered = co_await enter();
  Json told = tell();
  if (!entered) co_return std::unexpected(entered.error());
  co_return told;
}

Task<Result<Json>> VaultGate::change_passphrase(Commands::Context /*context*/, Json body) {
  const UnlockWith proof{.kind = MethodKind::kPassphrase, .secret = secret_at(body, "current")};
  NewMethod next{.kind = MethodKind::kPassphrase,
                 .secret = secret_at(body, "passphrase"),
                 .label = std::string(kPassphraseLabel),
                 .argon2 = argon2_at(body)};
  MethodId replaced;
  if (vault_.is_open()) {
    const auto& methods = vault_.header().methods;
    const auto found = std::ranges::find(methods, MethodKind::kPassphrase, &UnlockMethod::kind);
    if (found != methods.end()) replaced = found->id;
  }
  auto changed = co_await vault_.replace_method(proof, replaced, std::move(next));
  if (!changed) co_return std::unexpected(changed.error());
  co_return tell();
}

Task<Result<Json>> VaultGate::add_method(Commands::Context /*context*/, Json body) {
  const auto salt = bytes_at(body, "salt");
  const auto credential = bytes_at(body, "credential");
  if (!salt || !credential) {
    ports_.keyring.forget({secret_at(body, "secret").number, secret_at(body, "with").number});
    co_return fail(ErrorCode::kInvalidInput, "This is not base64url.", {},
                   salt ? "credential" : "salt");
  }
  auto added = co_await vault_.add_method(
      {.kind = kind_at(body, "withKind"), .secret = secret_at(body, "with")},
      {.kind = kind_at(body, "kind"),
       .secret = secret_at(body, "secret"),
       .label = string_or(body, "label"),
       .argon2 = body.contains("argon2") ? std::optional(argon2_at(body)) : std::nullopt,
       .credential = *credential,
       .salt = *salt});
  if (!added) co_return std::unexpected(added.error());
  co_return tell();
}

Task<Result<Json>> VaultGate::remove_method(Commands::Context /*context*/, Json body) {
  auto removed = co_await vault_.remove_method(MethodId(string_or(body, "method")));
  if (!removed) co_return std::unexpected(removed.error());
  tell();
  // Whoever had that way in may have kept the key: from now on there is another.
  auto rotated = co_await rotate_vault();
  if (!rotated) co_return std::unexpected(rotated.error());
  co_return tell();
}

Task<Result<Json>> VaultGate::rotate(Commands::Context /*context*/, Json /*body*/) {
  if (!vault_.is_open())
    co_return fail(ErrorCode::kLocked, "The vault is locked.", "Unlock it first.");
  auto rotated = co_await rotate_vault();
  if (!rotated) co_return std::unexpected(rotated.error());
  co_return tell();
}

// ---- workspaces

// Jumps from one workspace's rows to the next one's.
Task<Result<Json>> VaultGate::workspaces(Commands::Context /*context*/, Json /*body*/) {
  Json found = Json::array();
  std::string after = std::string(kRows);
  while (found.size() < kWorkspacesMax) {
    auto page = co_await ports_.table.scan(std::string(kRows), after, 1);
    if (!page) co_return std::unexpected(page.error());
    if (page->rows.empty()) break;
    const std::string& key = page->rows.front().key;
    const std::string id = key.substr(kRows.size(), key.find('/', kRows.size()) - kRows.size());
    after = std::string(kRows) + id + kAfterSlash;
    auto value = co_await ports_.table.get(std::string(kRows) + id + "/header");
    if (!value) co_return std::unexpected(value.error());
    if (!*value) continue;
    const auto header = read_header(**value);
    found.push_back({{"id", id},
                     {"name", header ? header->header.workspace_name : id},
                     {"current", id == workspace_}});
  }
  co_return Json{{"workspaces", std::move(found)}};
}

// The header goes first: from then on nobody can read the rest. What is left goes in steps; the
// mark says to go on after a stop in between.
Task<Result<Json>> VaultGate::erase(Commands::Context /*context*/, Json body) {
  if (!seen_) co_return fail(ErrorCode::kNotFound, "There is no vault to erase.");
  if (string_or(body, "name") != seen_->workspace_name) {
    co_return fail(ErrorCode::kInvalidInput, "This is not the workspace's name.",
                   "Type `" + seen_->workspace_name + "` to erase it.", "name");
  }
  auto shut = co_await ports_.table.apply({.put = {{rows() + std::string(kErasing), "1"}},
                                           .erase = {rows() + "header", rows() + "header.next"}});
  if (!shut) co_return std::unexpected(shut.error());
  vault_.lock();
  seen_.reset();
  erased_ = true;
  if (auto erased = co_await erase_rows(); !erased) co_return std::unexpected(erased.error());
  co_return tell();
}

Task<Result<void>> VaultGate::erase_rows() {
  const std::string mark = rows() + std::string(kErasing);
  for (;;) {
    auto page = co_await ports_.table.scan(rows(), {}, kTableScanRowsMax);
    if (!page) co_return std::unexpected(page.error());
    std::vector<std::string> erase;
    for (TableRow& row : page->rows) {
      if (row.key != mark) erase.push_back(std::move(row.key));
    }
    const bool last = erase.empty();
    if (last) erase.push_back(mark);
    auto erased = co_await ports_.table.apply({.put = {}, .erase = std::move(erase)});
    if (!erased || last) co_return erased;
  }
}

// Whoever asks while one is under way waits for its end.
Task<Result<void>> VaultGate::rotate_vault() {
  const bool joins = rotating_;
  while (rotating_) co_await rotated_.wait();
  if (joins && !vault_.is_rotating()) co_return Result<void>{};
  rotating_ = true;
  auto rotated = co_await vault_.rotate(&doors_.data());
  rotating_ = false;
  rotated_.notify_all();
  co_return rotated;
}

// Goes on with a rotation that was stopped, then waits for the key to grow old.
Task<void> VaultGate::rotate_when_due() {
  for (;;) {
    if (!vault_.is_open()) co_return;
    if (vault_.is_rotating() || vault_.rotation_due().due()) {
      auto rotated = co_await rotate_vault();
      if (rotated) tell();
    }
    co_await executor_.sleep(kLookForRotationEvery);
  }
}

// ---- telling

Json VaultGate::tell() {
  if (vault_.is_open()) seen_ = vault_.header();
  Json told = {{"vault", view()}};
  doors_.emit("vault.changed", told);
  return told;
}

Json VaultGate::view() const {
  if (!seen_) return {{"state", "absent"}, {"methods", Json::array()}};
  Json vault = {{"state", vault_.is_open() ? "open" : "locked"},
                {"name", seen_->workspace_name},
                {"methods", methods_view(*seen_)}};
  if (vault_.is_open()) {
    vault["keyEpoch"] = seen_->epoch;
    vault["keyCreatedAt"] = seen_->epoch_started_at;
    vault["keyDueAt"] = seen_->epoch_started_at + kRotateEvery.count();
  }
  return vault;
}

}  // namespace a67
