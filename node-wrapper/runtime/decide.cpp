#include "node-wrapper/runtime/decide.h"

#include <map>
#include <set>

#include "node-wrapper/releases/release_store.h"

namespace a67 {

std::vector<ReplicaDecision> decide(const std::vector<DesiredReplica>& desired,
                                    const std::vector<KnownReplica>& known) {
  using Kind = ReplicaDecision::Kind;
  std::map<ReplicaId, const KnownReplica*> by_id;
  for (const KnownReplica& replica : known) by_id[replica.id] = &replica;
  std::map<ReplicaId, Kind> decisions;
  for (const DesiredReplica& wanted : desired) {
    const auto found = by_id.find(wanted.id);
    if (found == by_id.end()) {
      decisions[wanted.id] = Kind::kStart;
      continue;
    }
    const KnownReplica& replica = *found->second;
    const bool newer = wanted.generation > replica.generation;
    const bool changed =
        wanted.generation == replica.generation && ReleaseStore::tree_key(wanted) != replica.key;
    decisions[wanted.id] = newer || changed || replica.stopping ? Kind::kRestart : Kind::kUpdate;
  }
  for (const KnownReplica& replica : known) {
    if (!decisions.contains(replica.id)) decisions[replica.id] = Kind::kStop;
  }
  std::vector<ReplicaDecision> list;
  list.reserve(decisions.size());
  for (const auto& [id, kind] : decisions) list.push_back({kind, id});
  return list;
}

}  // namespace a67
