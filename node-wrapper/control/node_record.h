// What a node remembers about itself: its id, whom it obeys, and the newest epoch it has seen
// (DATA/node.json).
//
// Every change is on the disk before it counts (written beside, synced, renamed; mode 0600): a node
// that forgot its epoch in a power cut would obey a controller that has been replaced.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/crypto.h"
#include "engine/base/ids.h"
#include "engine/base/json.h"
#include "engine/base/random.h"
#include "engine/base/result.h"
#include "engine/base/sensitive.h"
#include "node-wrapper/control/claim_code.h"
#include "node-wrapper/control/data_folder.h"

namespace a67 {

inline constexpr std::size_t kOriginsMax = 8;

struct PinnedController {
  PublicKey key{};
  std::string name;
  std::vector<std::string> origins;
  Digest code_hash{};  // of the code it claimed with: the same claim again is no error
  bool operator==(const PinnedController&) const = default;
};

struct NodeRecord {
  NodeId id;
  std::string name;
  std::optional<PinnedController> controller;
  std::int64_t epoch = 0;  // newest seen; 0 = none
  ClaimLock::Memory claim_lock;
  bool operator==(const NodeRecord&) const = default;
};
Json to_json(const NodeRecord& record);
Result<NodeRecord> node_record_from_json(const Json& value);

class NodeRecordFile {
 public:
  // Reads the record, or makes a new one. `name` replaces the remembered one unless empty.
  // `given_code`: a new node takes this claim code instead of making one; one that was ever claimed
  // here, or has a code already, does not look at it. kInvalidInput when it is no strong code.
  static Result<NodeRecordFile> open(const std::string& folder, const std::string& name,
                                     Random& random, const Sensitive<std::string>& given_code = {});

  [[nodiscard]] const NodeRecord& record() const { return record_; }
  // Saves, then takes over. On an error nothing has changed.
  Result<void> change(NodeRecord next);
  // The code while the node is unclaimed (DATA/claim-code), else nothing.
  [[nodiscard]] const std::optional<std::string>& claim_code() const { return claim_code_; }
  // A new code, or none; call it after the record says the same.
  Result<void> renew_claim_code(Random& random);
  void drop_claim_code();

 private:
  NodeRecordFile(std::string folder, NodeRecord record)
      : folder_(std::move(folder)), record_(std::move(record)) {}
  Result<void> take_claim_code(std::string_view given);
  Result<void> keep_claim_code(std::string code);
  [[nodiscard]] std::string path() const { return folder_ + "/node.json"; }
  [[nodiscard]] std::string code_path() const { return folder_ + "/claim-code"; }

  std::string folder_;
  NodeRecord record_;
  std::optional<std::string> claim_code_;
};

// What a program is while it holds its data folder.
struct NodeIdentity {
  Random random;
  DataFolder folder;
  NodeRecordFile record;
};
// Takes the folder; the rest as for NodeRecordFile::open(). Errors: theirs.
Result<NodeIdentity> open_identity(const std::string& data_folder, const std::string& name,
                                   const Sensitive<std::string>& claim_code);

// Forgets the controller, with what it ordered: the next start makes a new claim code. kConflict
// while a node runs with the folder.
Result<void> forget_controller(const std::string& data_folder);

}  // namespace a67
