// The node protocol's messages as values (docs/node-protocol.md): what a controller and a node say
// to each other.
//
// One set of types for both sides, so that they cannot drift apart. `to_json` writes the wire form;
// the
// `..._from_json` functions read bytes from outside: they name the first field that is wrong
// (`kInvalidInput`), enforce the limits below and ignore fields they do not know, so that a newer
// peer is still understood.
//
// Environment values and the mesh key are secrets. They are WireSecret, which has no way to be
// printed: the JSON of `to_json(DesiredState)` is the only place they leave, and that JSON must
// never be logged.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/base/sensitive.h"
#include "engine/base/time.h"

namespace a67 {

inline constexpr std::string_view kNodeProduct = "automator67-node";
inline constexpr std::int64_t kNodeProtocol = 1;

// Paths of the control API.
inline constexpr std::string_view kHelloPath = "/v1/hello";
inline constexpr std::string_view kClaimPath = "/v1/claim";
inline constexpr std::string_view kUnclaimPath = "/v1/unclaim";
inline constexpr std::string_view kStatusPath = "/v1/status";
inline constexpr std::string_view kDesiredPath = "/v1/desired";
inline constexpr std::string_view kReleasesPath =
    "/v1/releases/";  // followed by the SHA-256 in hex
inline constexpr std::string_view kEventsPath = "/v1/events";
inline constexpr std::string_view kLogsPath = "/v1/logs";
inline constexpr std::string_view kMetricsPath = "/metrics";
inline constexpr std::string_view kHealthPath = "/healthz";

inline constexpr std::size_t kControlBodyBytesMax = std::size_t{1} << 20;
inline constexpr std::size_t kDesiredReplicasMax = 200;
inline constexpr std::size_t kRoutesMax = 1000;  // apps, nodes and, summed over the apps, replicas
inline constexpr std::size_t kHostsPerAppMax = 20;
inline constexpr std::size_t kEnvCountMax = 200;
inline constexpr std::size_t kEnvValueBytesMax = 32'768;
inline constexpr std::size_t kEnvBytesMax = 131'072;  // names and values of one replica together
inline constexpr std::size_t kIdLengthMax = 80;
inline constexpr std::size_t kAppNameLengthMax = 40;
inline constexpr std::size_t kCommandLengthMax = 4096;
inline constexpr std::size_t kReasonLinesMax = 100;
inline constexpr std::size_t kLogLinesPerMessageMax = 1000;
inline constexpr std::int64_t kLogTailMax = 5000;

// A secret that is a part of a message: it is copied with its message, wiped when it goes and never
// printed.
template <class T>
class WireSecret {
 public:
  WireSecret() = default;
  explicit WireSecret(T value) : value_(std::move(value)) {}
  WireSecret(const WireSecret& other) : value_(other.value_.clone()) {}
  WireSecret& operator=(const WireSecret& other) {
    if (this != &other) value_ = other.value_.clone();
    return *this;
  }
  WireSecret(WireSecret&&) noexcept = default;
  WireSecret& operator=(WireSecret&&) noexcept = default;
  ~WireSecret() = default;

  [[nodiscard]] const T& expose() const { return value_.expose(); }
  bool operator==(const WireSecret& other) const { return expose() == other.expose(); }

 private:
  Sensitive<T> value_;
};

using Environment = std::map<std::string, WireSecret<std::string>>;
using MeshKey = WireSecret<std::array<std::uint8_t, 32>>;

enum class NodeRole : std::uint8_t {
  kWorker,
  kGateway,  // routes, runs nothing
  kServer,   // the sync server: serves the page and forwards to providers; routes and runs nothing
};
std::string_view to_string(NodeRole role);
std::optional<NodeRole> node_role_from(std::string_view name);

// GET /v1/hello
struct Hello {
  NodeId node;
  std::string name;
  NodeRole role = NodeRole::kWorker;
  std::string version;
  bool claimed = false;
  UnixMs now = 0;
  bool operator==(const Hello&) const = default;
};
Json to_json(const Hello& hello);
// Also refuses another product (`kInvalidInput`) and another protocol number (`kConflict`).
Result<Hello> hello_from_json(const Json& value);

// POST /v1/claim
struct ClaimRequest {
  WireSecret<std::string> code;  // XXXX-XXXX-XXXX; good once, so as secret as a password
  std::string public_key;        // base64url, 43 characters
  std::string controller_name;
  bool operator==(const ClaimRequest&) const = default;
};
Json to_json(const ClaimRequest& request);
Result<ClaimRequest> claim_request_from_json(const Json& value);

struct ClaimAnswer {
  NodeId node;
  std::string name;
  NodeRole role = NodeRole::kWorker;
  std::string gateway_url;
  UnixMs now = 0;
  bool operator==(const ClaimAnswer&) const = default;
};
Json to_json(const ClaimAnswer& answer);
Result<ClaimAnswer> claim_answer_from_json(const Json& value);

// PUT /v1/desired
enum class ArchiveFormat : std::uint8_t { kTarGz, kZip };
std::string_view to_string(ArchiveFormat format);
std::optional<ArchiveFormat> archive_format_from(std::string_view name);

struct Source {
  enum class Kind : std::uint8_t { kArchive, kGit };
  Kind kind = Kind::kArchive;
  std::string sha256;  // kArchive: 64 lower-case hex digits
  ArchiveFormat format = ArchiveFormat::kTarGz;
  std::string url;  // kGit
  std::string ref;  // kGit; branch, tag or commit
  bool operator==(const Source&) const = default;
};

struct HealthSpec {
  std::string path;  // empty: an open port is enough
  std::int64_t interval_seconds = 5;
  std::int64_t timeout_seconds = 2;
  std::int64_t start_seconds = 60;
  bool operator==(const HealthSpec&) const = default;
};

struct ReplicaSpec {
  std::string runtime;  // empty or "auto": find out
  std::string build;
  std::string start;
  std::string static_root;
  Environment env;
  HealthSpec health;
  std::int64_t memory_mb = 0;    // 0 = no limit
  std::int64_t cpu_percent = 0;  // 100 = one core, 0 = no limit
  std::int64_t stop_seconds = 10;
  std::int64_t build_seconds = 600;
  bool operator==(const ReplicaSpec&) const = default;
};

struct DesiredReplica {
  ReplicaId id;
  std::string app;
  ReleaseId release;
  std::int64_t generation = 1;
  Source source;
  ReplicaSpec spec;
  bool operator==(const DesiredReplica&) const = default;
};

struct RouteReplica {
  ReplicaId id;
  NodeId node;
  bool operator==(const RouteReplica&) const = default;
};

struct RouteApp {
  std::string name;
  std::vector<std::string> hosts;
  std::string policy = "weighted";  // weighted, round-robin, least-connections, latency
  std::vector<RouteReplica> replicas;
  bool operator==(const RouteApp&) const = default;
};

struct RouteNode {
  NodeId id;
  std::string gateway;  // host:port
  bool operator==(const RouteNode&) const = default;
};

struct Routes {
  std::vector<RouteApp> apps;
  std::vector<RouteNode> nodes;
  MeshKey mesh_key;
  bool operator==(const Routes&) const = default;
};

struct DesiredState {
  std::int64_t epoch = 1;
  std::int64_t revision = 0;
  std::vector<DesiredReplica> replicas;
  Routes routes;
  bool operator==(const DesiredState&) const = default;
};
Json to_json(const DesiredState& desired);
Result<DesiredState> desired_state_from_json(const Json& value);

struct DesiredAnswer {
  std::int64_t epoch = 0;
  std::int64_t revision = 0;
  bool operator==(const DesiredAnswer&) const = default;
};
Json to_json(const DesiredAnswer& answer);
Result<DesiredAnswer> desired_answer_from_json(const Json& value);

// PUT /v1/releases/{sha256}
struct ReleaseAnswer {
  std::string sha256;
  std::int64_t bytes = 0;
  bool operator==(const ReleaseAnswer&) const = default;
};
Json to_json(const ReleaseAnswer& answer);
Result<ReleaseAnswer> release_answer_from_json(const Json& value);

// GET /v1/status
enum class ReplicaState : std::uint8_t {
  kWaiting,   // for its archive
  kFetching,  // git
  kUnpacking,
  kBuilding,
  kStarting,  // not healthy yet
  kReady,
  kUnhealthy,  // was ready
  kBackoff,    // crashed, will be restarted
  kFailed,     // will not be tried again until `generation` grows
  kStopping,
};
std::string_view to_string(ReplicaState state);
std::optional<ReplicaState> replica_state_from(std::string_view name);

struct NodeFacts {
  NodeId id;
  std::string name;
  NodeRole role = NodeRole::kWorker;
  std::string version;
  UnixMs now = 0;
  std::string boot_id;  // new with every start of the wrapper
  std::string os;
  std::string arch;
  std::int64_t cpus = 0;
  std::int64_t memory_bytes = 0;
  std::int64_t disk_free_bytes = 0;
  std::string limits;  // cgroup-v1, cgroup-v2 or rlimit
  std::vector<std::string> runtimes;
  bool operator==(const NodeFacts&) const = default;
};

struct NodeLoad {
  double cpu_percent = 0;
  double memory_percent = 0;
  std::int64_t connections = 0;
  double requests_per_second = 0;
  double latency_ms = 0;
  double success_rate = 1;  // 0..1
  bool operator==(const NodeLoad&) const = default;
};

struct ReplicaStatus {
  ReplicaId id;
  std::string app;
  ReleaseId release;
  ReplicaState state = ReplicaState::kWaiting;
  std::optional<Error> reason;  // for kUnhealthy, kBackoff and kFailed
  std::int64_t generation = 0;
  std::int64_t restarts = 0;
  std::int64_t port = 0;  // 0 = none yet
  UnixMs started_at = 0;  // 0 = never
  double cpu_percent = 0;
  std::int64_t memory_bytes = 0;
  std::int64_t disk_bytes = 0;
  std::int64_t network_bytes = 0;
  std::int64_t connections = 0;
  std::int64_t requests = 0;
  std::int64_t errors = 0;
  double requests_per_second = 0;
  double latency_ms = 0;
  std::string runtime;
  std::string limits;
  bool operator==(const ReplicaStatus&) const = default;
};

struct GatewayReplicaStatus {
  ReplicaId id;
  std::int64_t requests = 0;
  std::int64_t failures = 0;
  double latency_ms = 0;
  bool ejected = false;
  bool operator==(const GatewayReplicaStatus&) const = default;
};

struct GatewayAppStatus {
  std::string name;
  std::int64_t requests = 0;
  std::int64_t errors = 0;
  double requests_per_second = 0;
  double p50_ms = 0;
  double p95_ms = 0;
  std::vector<GatewayReplicaStatus> replicas;
  bool operator==(const GatewayAppStatus&) const = default;
};

struct GatewayStatus {
  std::int64_t requests = 0;
  std::int64_t errors = 0;
  std::int64_t connections = 0;
  double requests_per_second = 0;
  std::vector<GatewayAppStatus> apps;
  bool operator==(const GatewayStatus&) const = default;
};

struct NodeStatus {
  NodeFacts node;
  std::int64_t seq = 0;  // counts what the wrapper has told since its start; 0: it does not count
  std::string gateway_url;
  std::int64_t epoch = 0;  // 0 = no desired state yet
  std::int64_t revision = 0;
  NodeLoad load;
  std::vector<std::string>
      missing;  // SHA-256 of archives that desired names and the node does not have
  std::vector<ReplicaStatus> replicas;
  GatewayStatus gateway;
  bool operator==(const NodeStatus&) const = default;
};
Json to_json(const NodeStatus& status);
Result<NodeStatus> node_status_from_json(const Json& value);

// GET /v1/logs (WebSocket)
struct LogsRequest {
  std::string app;
  std::optional<ReplicaId> replica;
  std::int64_t tail = 0;
  bool follow = false;
  bool operator==(const LogsRequest&) const = default;
};
// The token is added by the sender, as `token`.
Json to_json(const LogsRequest& request);
Result<LogsRequest> logs_request_from_json(const Json& value);

struct LogLine {
  ReplicaId replica;
  std::int64_t seq = 0;
  UnixMs at = 0;
  std::string stream;  // stdout, stderr, build, system
  std::string text;
  bool operator==(const LogLine&) const = default;
};

struct LogsMessage {
  bool end = false;  // the last message, when not following
  std::vector<LogLine> lines;
  bool operator==(const LogsMessage&) const = default;
};
Json to_json(const LogsMessage& message);
Result<LogsMessage> logs_message_from_json(const Json& value);

// What a node answers when it refuses: {"error":{...}} and, for two codes, the fact that helps.
struct NodeRefusal {
  Error error;
  std::optional<UnixMs> now;          // kClockSkew: the node's clock
  std::optional<std::int64_t> epoch;  // kStaleEpoch: the newest the node has seen
  bool operator==(const NodeRefusal&) const = default;
};
Json to_json(const NodeRefusal& refusal);
// Never fails: an answer that is not a refusal of ours becomes kInternal.
NodeRefusal node_refusal_from_json(const Json& value);

// Words of the protocol. An id is 1..80 of [a-z0-9-] and starts with a letter or digit: it names
// folders.
bool is_valid_id(std::string_view text);
bool is_valid_app_name(std::string_view text);
bool is_valid_sha256(std::string_view text);
bool is_valid_env_name(std::string_view text);

}  // namespace a67
