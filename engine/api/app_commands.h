// The contract's app.* commands that need no rollout, and the queries of everything.
#pragma once

#include "engine/api/commands.h"
#include "engine/api/controller.h"

namespace a67 {

class AppCommands {
 public:
  // REQUIRES: the controller outlives this, and this outlives the commands it adds.
  explicit AppCommands(Controller& controller) : controller_(controller) {}
  void add_to(Commands& commands);

 private:
  Task<Result<Json>> stop(Commands::Context context, Json body);
  Task<Result<Json>> remove(Commands::Context context, Json body);
  Task<Result<Json>> list(Commands::Context context, Json body);
  Task<Result<Json>> get(Commands::Context context, Json body);
  Task<Result<Json>> metrics(Commands::Context context, Json body);
  Task<Result<Json>> everything(Commands::Context context, Json body);
  Task<Result<Json>> nodes(Commands::Context context, Json body);
  Task<Result<Json>> activity(Commands::Context context, Json body);
  Task<Result<Json>> get_settings(Commands::Context context, Json body);
  Task<Result<Json>> set_settings(Commands::Context context, Json body);

  Result<AppRecord*> find(const Json& body);

  Controller& controller_;
};

}  // namespace a67
