#include "engine/api/storage_commands.h"

#include <utility>

namespace a67 {
namespace {

Task<Result<Json>> answer(Json body) { co_return body; }

}  // namespace

void StorageCommands::add_to(Commands& commands) {
  commands.add("storage.status",
               [this](const Commands::Context& /*context*/, const Json& /*body*/) {
                 return answer({{"storage", view()}});
               });
}

Json StorageCommands::view() const {
  if (store_ == nullptr) return {{"kind", "plain"}, {"damages", Json::array()}};
  const ChangeLog& log = *store_->log();
  Json damages = Json::array();
  for (const Damage& damage : log.damages()) {
    damages.push_back({{"where", damage.key}, {"what", damage.what}});
  }
  Json storage = {{"kind", "vault"},
                  {"device", store_->device()},
                  {"position", log.position()},
                  {"auditRecords", store_->audit()->last()},
                  {"damages", std::move(damages)}};
  if (log.trouble()) storage["trouble"] = to_json_error(*log.trouble());
  return storage;
}

}  // namespace a67
