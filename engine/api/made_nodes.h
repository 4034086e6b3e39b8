// The nodes that were made at providers, or are being made: entities `made/<id>` of the change log,
// and with each, until the node is claimed, the secret `node.<id>` that holds its claim code.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/secret_commands.h"
#include "engine/api/vault_state_store.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/base/task.h"
#include "engine/base/time.h"

namespace a67 {

inline constexpr std::string_view kMadeEntities = "made/";

// A node that was made at a provider, or is being made.
struct MadeNode {
  enum class Step : std::uint8_t { kMaking, kStarting, kAnswering, kReady, kFailed };

  std::string id;  // <account>.<name>
  std::string account;
  std::string name;             // of the service, and of the node
  Json input = Json::object();  // of service.create, without the code
  std::string service;          // its id at the provider, once there is one
  std::string url;              // where the provider serves it
  Step step = Step::kMaking;
  UnixMs since = 0;
  std::string node;              // its id, once it was claimed
  std::optional<Error> problem;  // why it failed
};

const char* name_of(MadeNode::Step step);  // "answering"
// The secret that holds its claim code.
std::string claim_secret_of(const std::string& id);

class MadeNodes {
 public:
  // `changed` is called after each change. REQUIRES: both outlive this.
  MadeNodes(VaultStateStore& store, SecretCommands& secrets, std::function<void()> changed)
      : store_(store), secrets_(secrets), changed_(std::move(changed)) {}

  [[nodiscard]] std::vector<MadeNode> all() const;
  [[nodiscard]] std::optional<MadeNode> find(const std::string& id) const;
  // As it is now; the code of one that is ready is forgotten in the same change.
  Task<Result<void>> put(MadeNode made);
  // With its code.
  Task<Result<void>> drop(std::string id);

 private:
  Task<Result<void>> append(Change change, std::string id, bool forgets_code);

  VaultStateStore& store_;
  SecretCommands& secrets_;
  std::function<void()> changed_;
};

}  // namespace a67
