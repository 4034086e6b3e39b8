#include "engine/api/made_nodes.h"

#include <algorithm>
#include <array>
#include <utility>

namespace a67 {
namespace {

using Step = MadeNode::Step;
constexpr std::array<const char*, 5> kSteps = {"making", "starting", "answering", "ready",
                                               "failed"};

std::string entity_of(const std::string& id) { return std::string(kMadeEntities) + id; }

Json field_of(const FieldValues& values, std::string_view name) {
  const auto found = values.find(name);
  return found == values.end() ? Json() : found->second;
}

std::optional<MadeNode> read_made(std::string id, const FieldValues& values) {
  Json all = Json::object();
  for (const char* name :
       {"account", "name", "input", "service", "url", "step", "since", "node", "problem"}) {
    all[name] = field_of(values, name);
  }
  const auto step = std::ranges::find(kSteps, string_or(all, "step"));
  if (step == kSteps.end()) return std::nullopt;  // of a newer version
  MadeNode made{.id = std::move(id),
                .account = string_or(all, "account"),
                .name = string_or(all, "name"),
                .input = object_at(all, "input"),
                .service = string_or(all, "service"),
                .url = string_or(all, "url"),
                .step = static_cast<Step>(step - kSteps.begin()),
                .since = int_or(all, "since"),
                .node = string_or(all, "node")};
  if (all["problem"].is_object()) made.problem = error_from_json(all["problem"]);
  return made;
}

}  // namespace

const char* name_of(Step step) { return kSteps.at(static_cast<std::size_t>(step)); }

std::string claim_secret_of(const std::string& id) { return "node." + id; }

std::vector<MadeNode> MadeNodes::all() const {
  std::vector<MadeNode> found;
  const Entities& entities = store_.log()->entities();
  for (auto at = entities.lower_bound(kMadeEntities);
       at != entities.end() && at->first.starts_with(kMadeEntities); ++at) {
    if (!at->second.visible()) continue;
    auto made = read_made(at->first.substr(kMadeEntities.size()), at->second.values());
    if (made) found.push_back(std::move(*made));
  }
  return found;
}

std::optional<MadeNode> MadeNodes::find(const std::string& id) const {
  const Entities& entities = store_.log()->entities();
  const auto found = entities.find(entity_of(id));
  if (found == entities.end() || !found->second.visible()) return std::nullopt;
  return read_made(id, found->second.values());
}

Task<Result<void>> MadeNodes::put(MadeNode made) {
  Change change{.fields = {}, .tombstones = {}, .note = "node made"};
  const Json fields = {{"account", made.account},
                       {"name", made.name},
                       {"input", made.input},
                       {"service", made.service},
                       {"url", made.url},
                       {"step", name_of(made.step)},
                       {"since", made.since},
                       {"node", made.node},
                       {"problem", made.problem ? to_json_error(*made.problem) : Json()}};
  for (const auto& [name, value] : fields.items()) {
    change.fields.push_back({entity_of(made.id), name, value});
  }
  co_return co_await append(std::move(change), made.id, made.step == Step::kReady);
}

Task<Result<void>> MadeNodes::drop(std::string id) {
  Change gone{.fields = {}, .tombstones = {entity_of(id)}, .note = "made node removed"};
  co_return co_await append(std::move(gone), std::move(id), true);
}

Task<Result<void>> MadeNodes::append(Change change, std::string id, bool forgets_code) {
  const std::string secret = claim_secret_of(id);
  // In one change: an engine that ends between two would keep a code that was used.
  const bool forgets = forgets_code && !secrets_.view(secret).empty();
  if (forgets) change.tombstones.push_back(std::string(kSecretEntities) + secret);
  auto done = co_await store_.log()->append(std::move(change));
  if (!done) co_return std::unexpected(done.error());
  if (forgets) secrets_.tell_of(secret);
  changed_();
  co_return Result<void>{};
}

}  // namespace a67
