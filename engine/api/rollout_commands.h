// The contract's commands that roll something out: app.deploy, app.rollback, app.scale,
// app.restart, app.start; app.cancel, which ends any of them; and deploy.plan, which only says what
// app.deploy would do.
//
// Each changes the desired state, makes it durable, and then only watches: reconcile() does the
// rest, also after this engine was reloaded and nobody waits for the answer any more.
#pragma once

#include <string>

#include "engine/api/commands.h"
#include "engine/api/controller.h"
#include "engine/deploy/draft.h"

namespace a67 {

class RolloutCommands {
 public:
  // REQUIRES: the controller outlives this, and this outlives the commands it adds.
  explicit RolloutCommands(Controller& controller) : controller_(controller) {}
  void add_to(Commands& commands);

 private:
  Task<Result<Json>> plan(Commands::Context context, Json body);
  Task<Result<Json>> deploy(Commands::Context context, Json body);
  Task<Result<Json>> rollback(Commands::Context context, Json body);
  Task<Result<Json>> scale(Commands::Context context, Json body);
  Task<Result<Json>> restart(Commands::Context context, Json body);
  Task<Result<Json>> start(Commands::Context context, Json body);
  Task<Result<Json>> cancel(Commands::Context context, Json body);

  struct Order {
    DeploymentKind kind = DeploymentKind::kDeploy;
    ReleaseId release;
    std::int64_t wanted = 1;
  };
  // The app of a request that may be rolled out now.
  Result<AppRecord*> find_idle_app(const Json& body);
  // A release that can be served, and nodes that can take it; else nothing is changed.
  [[nodiscard]] Result<std::vector<Placement>> try_placement(const Draft& draft) const;
  Task<Result<Json>> roll_out(Commands::Context context, std::string app, Order order);
  Task<Result<Json>> await_end(Commands::Context context, std::string app, DeploymentId deployment);
  // Cancels it if it still goes on; answers when that is durable.
  Task<void> await_routes(Commands::Context context);
  Task<Result<void>> end_rollout(std::string app, DeploymentId deployment);

  Controller& controller_;
};

}  // namespace a67
