// The contract's node.* commands.
#pragma once

#include "engine/api/commands.h"
#include "engine/api/controller.h"

namespace a67 {

class NodeCommands {
 public:
  // REQUIRES: the controller outlives this, and this outlives the commands it adds.
  explicit NodeCommands(Controller& controller) : controller_(controller) {}
  void add_to(Commands& commands);

  // Claims the node whose control API is at `url` and takes it into the fleet, durably. Errors:
  // kUnreachable, kTimeout, kInvalidInput (no node answers there), kForbidden (wrong code),
  // kConflict (another's), kClockSkew, kTooLarge, kStaleEpoch, the store's.
  Task<Result<NodeRecord>> take_in(std::string url, Sensitive<std::string> code);
  // node.remove.
  Task<Result<Json>> remove(Commands::Context context, Json body);
  // Of one whose machine is gone: it is told nothing, its replicas are placed elsewhere.
  Task<Result<void>> forget(NodeId id);

 private:
  Task<Result<Json>> claim(Commands::Context context, Json body);

  Task<Result<Hello>> say_hello(std::string url);
  Task<Result<NodeRecord>> claim_with(std::string url, Sensitive<std::string> code, Hello hello);
  // Until the node has told its status, at most for kFirstWordMax.
  Task<void> await_first_word(Commands::Context context, NodeId node);
  // Until no replica is left on the node, or nowhere else can take them.
  Task<Result<void>> empty_node(Commands::Context context, NodeId node);
  Task<void> unclaim(NodeRecord node);

  Controller& controller_;
};

}  // namespace a67
