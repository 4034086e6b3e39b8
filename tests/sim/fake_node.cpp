#include "tests/sim/fake_node.h"

#include <algorithm>
#include <utility>

#include "engine/base/encoding.h"

namespace a67::sim {
namespace {

constexpr Duration kTellEvery{2'000};
constexpr Duration kTellSoon{250};
constexpr int kWrongCodesMax = 5;

std::string make_code(Dice& dice) {
  constexpr std::string_view kLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::string code = "C0DE-";  // what the search for leaked secrets looks for
  for (int at = 0; at < 9; ++at) {
    code += at == 4 ? '-' : kLetters[dice.below(kLetters.size())];
  }
  return code;
}

}  // namespace

FakeNode::FakeNode(Setup setup, Timeline& timeline, Dice dice, const Faults& faults,
                   const Archives& archives, Sabotage sabotage, NodeWitness& witness)
    : setup_(std::move(setup)),
      timeline_(timeline),
      dice_(dice),
      faults_(faults),
      archives_(archives),
      sabotage_(sabotage),
      witness_(witness) {
  be_new();
}

void FakeNode::be_new() {
  id_ = NodeId("n-" + setup_.name + "-" + std::to_string(dice_.below(1'000'000)));
  code_ = make_code(dice_);
  pinned_.reset();
  wrong_codes_ = 0;
  epoch_ = 0;
}

// ---- requests

NodeReply FakeNode::refuse(int status, Error error) const {
  NodeRefusal refusal{.error = std::move(error), .now = {}, .epoch = {}};
  if (refusal.error.code == ErrorCode::kClockSkew) refusal.now = unix_now();
  if (refusal.error.code == ErrorCode::kStaleEpoch) refusal.epoch = epoch_;
  return {.status = status, .body = to_json(refusal)};
}

NodeReply FakeNode::handle(const NodeRequest& request) {
  if (request.path == kHelloPath && request.method == "GET") return hello();
  if (request.path == kClaimPath && request.method == "POST") return claim(request);
  const bool is_archive = request.path.starts_with(kReleasesPath);
  const auto claims = authorise(request, request.method != "GET" && !is_archive);
  if (!claims) return claims.error();
  if (request.path == kUnclaimPath && request.method == "POST") return unclaim();
  if (request.path == kStatusPath && request.method == "GET") {
    return {.body = to_json(status())};
  }
  if (request.path == kDesiredPath && request.method == "PUT") {
    return take_desired(request, *claims);
  }
  if (is_archive && request.method == "PUT") return take_archive(request);
  return refuse(404, {.code = ErrorCode::kNotFound, .message = "There is no such path."});
}

NodeReply FakeNode::hello() const {
  return {.body = to_json(Hello{.node = id_,
                                .name = setup_.name,
                                .role = setup_.role,
                                .version = "0.1.0",
                                .claimed = is_claimed(),
                                .now = unix_now()})};
}

std::expected<OrderClaims, NodeReply> FakeNode::check_token(const std::string& token,
                                                            const OrderExpectation& expected,
                                                            const PublicKey& key) {
  auto claims = verify_order_token(token, expected, key);
  if (!claims) return std::unexpected(refuse(401, claims.error()));
  if (auto used = guard_.use(*claims, unix_now()); !used) {
    return std::unexpected(refuse(401, used.error()));
  }
  return std::move(*claims);
}

std::expected<OrderClaims, NodeReply> FakeNode::authorise(const NodeRequest& request,
                                                          bool has_sum) {
  if (!pinned_) {
    return std::unexpected(
        refuse(401, {.code = ErrorCode::kUnauthorized, .message = "This node belongs to nobody."}));
  }
  OrderExpectation expected{
      .node = id_, .action = request.method + " " + request.path, .now = unix_now()};
  if (has_sum) expected.sum = sha256(request.body);
  auto claims = check_token(request.token, expected, *pinned_);
  if (!claims) return claims;
  if (claims->epoch < epoch_ && sabotage_ != Sabotage::kObeyOldEpoch) {
    return std::unexpected(
        refuse(409, {.code = ErrorCode::kStaleEpoch, .message = "A newer controller rules."}));
  }
  epoch_ = std::max(epoch_, claims->epoch);
  witness_.on_order(*this, claims->epoch);
  return claims;
}

NodeReply FakeNode::claim(const NodeRequest& request) {
  const auto body = parse_json(request.body);
  const auto wanted = body ? claim_request_from_json(*body) : Result<ClaimRequest>(fail({}, ""));
  if (!wanted) return refuse(400, wanted.error());
  const auto bytes = base64url_decode(wanted->public_key);
  if (!bytes || bytes->size() != PublicKey{}.size()) {
    return refuse(400, {.code = ErrorCode::kInvalidInput, .message = "That is no key."});
  }
  PublicKey key{};
  std::ranges::copy(*bytes, key.begin());
  const OrderExpectation expected{.node = id_,
                                  .action = "POST " + std::string(kClaimPath),
                                  .sum = sha256(request.body),
                                  .now = unix_now()};
  if (auto claims = check_token(request.token, expected, key); !claims) return claims.error();
  if (pinned_ && *pinned_ != key) {
    return refuse(409, {.code = ErrorCode::kConflict, .message = "Claimed by another."});
  }
  if (wrong_codes_ >= kWrongCodesMax) {
    return refuse(429, {.code = ErrorCode::kRateLimited, .message = "Too many wrong codes."});
  }
  if (wanted->code.expose() != code_) {
    ++wrong_codes_;
    return refuse(403, {.code = ErrorCode::kForbidden, .message = "That is not the code."});
  }
  wrong_codes_ = 0;
  pinned_ = key;
  return {.body = to_json(ClaimAnswer{.node = id_,
                                      .name = setup_.name,
                                      .role = setup_.role,
                                      .gateway_url = setup_.gateway_url,
                                      .now = unix_now()})};
}

NodeReply FakeNode::unclaim() {
  pinned_.reset();
  code_ = make_code(dice_);
  epoch_ = 0;
  desired_ = DesiredState{.epoch = 0};
  close_connections();
  apply();
  return {};
}

NodeReply FakeNode::take_desired(const NodeRequest& request, const OrderClaims& claims) {
  const auto body = parse_json(request.body);
  if (!body) return refuse(400, body.error());
  auto desired = desired_state_from_json(*body);
  if (!desired) return refuse(400, desired.error());
  if (desired->epoch != claims.epoch) {
    return refuse(400, {.code = ErrorCode::kInvalidInput, .message = "Two epochs in one order."});
  }
  if (setup_.role == NodeRole::kGateway && !desired->replicas.empty()) {
    return refuse(400, {.code = ErrorCode::kInvalidInput, .message = "A gateway runs nothing."});
  }
  if (desired->epoch == desired_.epoch && desired->revision < desired_.revision) {
    return refuse(409, {.code = ErrorCode::kStaleRevision, .message = "Ordered already."});
  }
  desired_ = std::move(*desired);
  witness_.on_accepted(*this, desired_);
  apply();
  return {.body = to_json(DesiredAnswer{.epoch = desired_.epoch, .revision = desired_.revision})};
}

NodeReply FakeNode::take_archive(const NodeRequest& request) {
  const std::string sha256 = request.path.substr(kReleasesPath.size());
  if (disk_full_) {
    return refuse(507, {.code = ErrorCode::kDiskFull, .message = "There is no room."});
  }
  if (request.blob == nullptr || request.blob->sha256 != sha256) {
    return refuse(400, {.code = ErrorCode::kInvalidInput, .message = "Another archive came."});
  }
  stored_.insert(sha256);
  for (const auto& [id, replica] : replicas_) replica->archive_arrived();
  tell_soon();
  const auto bytes = static_cast<std::int64_t>(request.blob->bytes.size());
  return {.body = to_json(ReleaseAnswer{.sha256 = sha256, .bytes = bytes})};
}

// ---- replicas

void FakeNode::apply() {
  for (const auto& [id, replica] : replicas_) {
    const auto wanted = std::ranges::find(desired_.replicas, id, &DesiredReplica::id);
    if (wanted != desired_.replicas.end()) {
      if (replica->state() != ReplicaState::kStopping) replica->obey(*wanted);
    } else if (replica->state() != ReplicaState::kStopping && sabotage_ != Sabotage::kIgnoreStops) {
      replica->stop([this, gone = id] {
        replicas_.erase(ReplicaId(gone));
        apply();  // it may have been wanted again meanwhile
      });
    }
  }
  for (const DesiredReplica& wanted : desired_.replicas) {
    if (replicas_.contains(wanted.id)) continue;
    replicas_.emplace(wanted.id, std::make_unique<FakeReplica>(wanted, timeline_, dice_.fork(),
                                                               faults_, archives_, *this));
  }
  on_replica_changed();
}

bool FakeNode::has_archive(const std::string& sha256) const { return stored_.contains(sha256); }

bool FakeNode::has_runtime(const std::string& app) const { return !lacks_.contains(app); }

void FakeNode::on_replica_changed() {
  witness_.on_node_changed(*this);
  tell_soon();
}

bool FakeNode::is_ready(const ReplicaId& replica) const {
  const auto found = replicas_.find(replica);
  return found != replicas_.end() && found->second->state() == ReplicaState::kReady;
}

std::set<ReplicaId> FakeNode::running() const {
  std::set<ReplicaId> ids;
  for (const auto& [id, replica] : replicas_) ids.insert(id);
  return ids;
}

// ---- status

NodeStatus FakeNode::status() const {
  NodeStatus status{.node = {.id = id_,
                             .name = setup_.name,
                             .role = setup_.role,
                             .version = "0.1.0",
                             .now = unix_now(),
                             .boot_id = "boot-" + std::to_string(boots_),
                             .os = "Linux",
                             .arch = "x86_64",
                             .cpus = 2,
                             .memory_bytes = 4'000'000'000,
                             .disk_free_bytes = disk_full_ ? 1'000'000 : 20'000'000'000,
                             .limits = "rlimit",
                             .runtimes = {"node 20"}},
                    .seq = ++statuses_told_,
                    .gateway_url = setup_.gateway_url,
                    .epoch = desired_.epoch,
                    .revision = desired_.revision};
  for (const DesiredReplica& wanted : desired_.replicas) {
    const std::string& sha256 = wanted.source.sha256;
    if (has_archive(sha256) || std::ranges::contains(status.missing, sha256)) continue;
    status.missing.push_back(sha256);
  }
  for (const auto& [id, replica] : replicas_) {
    status.replicas.push_back(replica->status());
    const Archive* archive = archives_.find(replica->order().source.sha256);
    if (sabotage_ == Sabotage::kPraiseBad && archive != nullptr &&
        archive->behaviour != Behaviour::kWell) {
      status.replicas.back().state = ReplicaState::kReady;
      status.replicas.back().reason.reset();
    }
  }
  return status;
}

std::int64_t FakeNode::connect(const std::string& path, const std::string& first, Sink sink) {
  const auto message = parse_json(first);
  const std::string token = message ? string_or(*message, "token") : std::string();
  const auto claims = authorise({.method = "GET", .path = path, .token = token, .body = {}}, false);
  const std::int64_t connection = next_connection_++;
  if (!claims) {
    sink(dump_json(claims.error().body));
    sink(std::nullopt);
  } else if (path == kLogsPath) {
    send_logs(*message, sink);
  } else {
    watchers_.emplace(connection, std::move(sink));
    tell();
    tick();
  }
  return connection;
}

void FakeNode::disconnect(std::int64_t connection) { watchers_.erase(connection); }

void FakeNode::close_connections() {
  const auto watchers = std::exchange(watchers_, {});
  for (const auto& [connection, sink] : watchers) sink(std::nullopt);
}

// Soon: many changes in a quarter of a second are one message.
void FakeNode::tell_soon() {
  if (telling_ || watchers_.empty() || !up_) return;
  telling_ = true;
  timeline_.after(kTellSoon, [this, alive = alive_] {
    if (!*alive) return;
    telling_ = false;
    tell();
  });
}

void FakeNode::tell() {
  if (!up_ || watchers_.empty()) return;
  const std::string text = dump_json({{"type", "status"}, {"status", to_json(status())}});
  const auto watchers = watchers_;
  for (const auto& [connection, sink] : watchers) sink(text);
}

void FakeNode::tick() {
  if (ticking_) return;
  ticking_ = true;
  timeline_.after(kTellEvery, [this, alive = alive_] {
    if (!*alive) return;
    ticking_ = false;
    if (watchers_.empty()) return;
    tell();
    tick();
  });
}

void FakeNode::send_logs(const Json& first, const Sink& sink) {
  const auto request = logs_request_from_json(first);
  if (!request) return sink(std::nullopt);
  LogsMessage lines;
  for (const auto& [id, replica] : replicas_) {
    if (replica->order().app != request->app) continue;
    if (request->replica && *request->replica != id) continue;
    lines.lines.push_back(
        {.replica = id, .seq = 1, .at = unix_now(), .stream = "stdout", .text = "listening"});
  }
  sink(dump_json(to_json(lines)));
  if (!request->follow) sink(dump_json(to_json(LogsMessage{.end = true})));
  sink(std::nullopt);
}

// ---- what happens to it

void FakeNode::crash(bool replicas_survive) {
  up_ = false;
  guard_ = ReplayGuard();
  close_connections();
  if (!replicas_survive) replicas_.clear();  // come_back() starts them anew
  witness_.on_node_changed(*this);
}

void FakeNode::come_back() {
  up_ = true;
  ++boots_;
  apply();
}

void FakeNode::lose_disk(bool identity) {
  stored_.clear();
  desired_ = DesiredState{.epoch = 0};
  replicas_.clear();
  if (identity) be_new();
  witness_.on_node_changed(*this);
}

}  // namespace a67::sim
