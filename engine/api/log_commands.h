// The contract's app.logs: the lines of all replicas, merged in order of time.
#pragma once

#include "engine/api/commands.h"
#include "engine/api/controller.h"

namespace a67 {

class LogCommands {
 public:
  // REQUIRES: the controller outlives this, and this outlives the commands it adds.
  explicit LogCommands(Controller& controller) : controller_(controller) {}
  void add_to(Commands& commands);

 private:
  Task<Result<Json>> logs(Commands::Context context, Json body);

  Controller& controller_;
};

}  // namespace a67
