// NodeMaker makes nodes at providers: a service there that runs the node wrapper, which this engine
// then claims by itself.
//
// The one-time claim code is made here, kept as the secret `node.<id>` of the vault until it was
// used, and handed to the service in its environment. What is under way is an entity `made/<id>` of
// the change log, written before anything is made: an engine that is reloaded in the middle goes
// on. What cannot be finished stays named, with its problem, until somebody unmakes it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/api/account_book.h"
#include "engine/api/account_commands.h"
#include "engine/api/commands.h"
#include "engine/api/controller.h"
#include "engine/api/made_nodes.h"
#include "engine/api/node_commands.h"
#include "engine/api/secret_commands.h"

namespace a67 {

class NodeMaker final : public AccountWatcher {
 public:
  // From the creation to the claim. Images are pulled and machines started meanwhile.
  static constexpr Duration kMakeMax{15 * 60'000};
  static constexpr Duration kLookEvery{3'000};
  static constexpr std::int64_t kPort = 8080;  // as node-wrapper/Dockerfile

  struct Doors {
    AccountBook& book;
    SecretCommands& secrets;
    VaultStateStore& store;
    NodeCommands& nodes;
    Controller& controller;
    std::function<void(std::string name, Json body)> emit;
  };
  // REQUIRES: all of them outlive this, and this outlives the commands it adds.
  explicit NodeMaker(Doors doors);
  void add_to(Commands& commands);
  // Goes on with what an engine before this one has begun. REQUIRES: the state was opened.
  void resume();

  Task<Result<void>> on_service_removed(std::string account, std::string service) override;
  Task<Result<void>> on_account_removed(std::string account) override;
  [[nodiscard]] std::size_t nodes_of(const std::string& account) const override;

 private:
  // One that is being made now. Who waits for it keeps it beyond its end.
  struct Run {
    bool cancelled = false;
    bool ended = false;
    std::optional<Error> error;
  };

  Task<Result<Json>> make(Commands::Context context, Json body);
  Task<Result<Json>> list(Commands::Context context, Json body);
  Task<Result<Json>> unmake(Commands::Context context, Json body);

  [[nodiscard]] Json view(const MadeNode& made) const;
  [[nodiscard]] Json views() const;
  void tell();

  Task<Result<MadeNode>> begin(Json body);
  // The code and the entity, durable.
  Task<Result<void>> keep_beginning(MadeNode made);
  std::shared_ptr<Run> start(const std::string& id, bool fresh);
  Task<void> run(std::string id, bool fresh, std::shared_ptr<Run> run);
  Task<Result<void>> bring_up(std::string id, bool fresh, std::shared_ptr<Run> run);
  Task<Result<void>> make_service(MadeNode* made, bool fresh);
  Task<Result<void>> look_at_service(MadeNode* made, bool* live);
  // True when it is in the fleet.
  Task<Result<bool>> try_to_claim(MadeNode* made);
  Task<Result<std::optional<Json>>> find_service(std::string account, std::string name);
  Task<Result<void>> remove_service(MadeNode made);
  Task<void> await_end(std::string id);

  [[nodiscard]] std::string provider_of(const MadeNode& made) const;
  [[nodiscard]] Error late(const MadeNode& made) const;

  Doors doors_;
  MadeNodes made_;
  std::map<std::string, std::shared_ptr<Run>> running_;
  std::vector<std::weak_ptr<CommandContext>> followers_;
  Notify changed_;
  TaskScope tasks_;  // last: its tasks use everything above
};

}  // namespace a67
