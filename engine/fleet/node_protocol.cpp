#include "engine/fleet/node_protocol.h"

#include <algorithm>

#include "engine/base/encoding.h"
#include "engine/fleet/field_reader.h"

namespace a67 {
namespace {

constexpr std::size_t kNameLengthMax = 100;
constexpr std::size_t kVersionLengthMax = 40;
constexpr std::size_t kUrlLengthMax = 2048;
constexpr std::size_t kTextLengthMax = 16'384;
constexpr std::int64_t kUnixMsMax = std::int64_t{1} << 53;
constexpr std::int64_t kCounterMax = std::int64_t{1} << 53;  // what JavaScript can count to

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_public_key(std::string_view text) {
  if (text.size() != 43) return false;
  const auto bytes = base64url_decode(text);
  return bytes && bytes->size() == 32;
}

}  // namespace

std::string_view to_string(NodeRole role) {
  switch (role) {
    case NodeRole::kWorker:
      return "worker";
    case NodeRole::kGateway:
      return "gateway";
    case NodeRole::kServer:
      return "server";
  }
  return "";
}

std::optional<NodeRole> node_role_from(std::string_view name) {
  if (name == "worker") return NodeRole::kWorker;
  if (name == "gateway") return NodeRole::kGateway;
  if (name == "server") return NodeRole::kServer;
  return std::nullopt;
}

bool is_valid_id(std::string_view text) {
  return !text.empty() && text.size() <= kIdLengthMax && is_lower_or_digit(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

bool is_valid_app_name(std::string_view text) {
  return is_valid_id(text) && text.size() <= kAppNameLengthMax && text.back() != '-';
}

bool is_valid_sha256(std::string_view text) {
  return text.size() == 64 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool is_valid_env_name(std::string_view text) {
  const auto is_letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  };
  return !text.empty() && text.size() <= 255 && is_letter(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

Json to_json(const Hello& hello) {
  return {{"product", kNodeProduct},       {"protocol", kNodeProtocol},
          {"nodeId", hello.node.value},    {"name", hello.name},
          {"role", to_string(hello.role)}, {"version", hello.version},
          {"claimed", hello.claimed},      {"now", hello.now}};
}

Result<Hello> hello_from_json(const Json& value) {
  Hello hello;
  std::string product;
  std::int64_t protocol = 0;
  FieldReader read(value);
  read.text("product", product, kNameLengthMax);
  if (read.ok() && product != kNodeProduct) {
    return fail(ErrorCode::kInvalidInput, "What answers there is not an Automator67 node.",
                "Check the address: it must be a node's control address.", "product");
  }
  read.integer("protocol", protocol, 1, kCounterMax);
  if (read.ok() && protocol != kNodeProtocol) {
    return fail(ErrorCode::kConflict,
                "The node speaks protocol " + std::to_string(protocol) + ", we speak " +
                    std::to_string(kNodeProtocol) + ".",
                "Update the older of the two.", "protocol");
  }
  read.checked_text("nodeId", hello.node.value, is_valid_id, "is not a node id");
  read.text("name", hello.name, kNameLengthMax);
  read.word("role", hello.role, node_role_from);
  read.text("version", hello.version, kVersionLengthMax);
  read.boolean("claimed", hello.claimed);
  read.integer("now", hello.now, 0, kUnixMsMax);
  if (!read.ok()) return std::unexpected(read.done().error());
  return hello;
}

Json to_json(const ClaimRequest& request) {
  return {{"code", request.code.expose()},
          {"publicKey", request.public_key},
          {"controllerName", request.controller_name}};
}

Result<ClaimRequest> claim_request_from_json(const Json& value) {
  ClaimRequest request;
  FieldReader read(value);
  std::string code;
  read.text("code", code, 64);
  request.code = WireSecret<std::string>(std::move(code));
  read.checked_text("publicKey", request.public_key, is_public_key,
                    "must be an Ed25519 public key in base64url (43 characters)");
  read.text("controllerName", request.controller_name, kNameLengthMax);
  if (!read.ok()) return std::unexpected(read.done().error());
  return request;
}

Json to_json(const ClaimAnswer& answer) {
  return {{"nodeId", answer.node.value},
          {"name", answer.name},
          {"role", to_string(answer.role)},
          {"gatewayUrl", answer.gateway_url},
          {"now", answer.now}};
}

Result<ClaimAnswer> claim_answer_from_json(const Json& value) {
  ClaimAnswer answer;
  FieldReader read(value);
  read.checked_text("nodeId", answer.node.value, is_valid_id, "is not a node id");
  read.text("name", answer.name, kNameLengthMax);
  read.word("role", answer.role, node_role_from);
  read.text("gatewayUrl", answer.gateway_url, kUrlLengthMax);
  read.integer("now", answer.now, 0, kUnixMsMax);
  if (!read.ok()) return std::unexpected(read.done().error());
  return answer;
}

Json to_json(const DesiredAnswer& answer) {
  return {{"accepted", true}, {"epoch", answer.epoch}, {"revision", answer.revision}};
}

Result<DesiredAnswer> desired_answer_from_json(const Json& value) {
  DesiredAnswer answer;
  bool accepted = false;
  FieldReader read(value);
  read.boolean("accepted", accepted);
  if (read.ok() && !accepted) read.refuse("accepted", "must be true");
  read.integer("epoch", answer.epoch, 1, kCounterMax);
  read.integer("revision", answer.revision, 0, kCounterMax);
  if (!read.ok()) return std::unexpected(read.done().error());
  return answer;
}

Json to_json(const ReleaseAnswer& answer) {
  return {{"sha256", answer.sha256}, {"bytes", answer.bytes}};
}

Result<ReleaseAnswer> release_answer_from_json(const Json& value) {
  ReleaseAnswer answer;
  FieldReader read(value);
  read.checked_text("sha256", answer.sha256, is_valid_sha256, "must be 64 hex digits");
  read.integer("bytes", answer.bytes, 0, kCounterMax);
  if (!read.ok()) return std::unexpected(read.done().error());
  return answer;
}

Json to_json(const LogsRequest& request) {
  Json value = {{"app", request.app}, {"tail", request.tail}, {"follow", request.follow}};
  if (request.replica) value["replica"] = request.replica->value;
  return value;
}

Result<LogsRequest> logs_request_from_json(const Json& value) {
  LogsRequest request;
  FieldReader read(value);
  read.checked_text("app", request.app, is_valid_app_name, "is not an app name");
  if (read.has("replica")) {
    request.replica.emplace();
    read.checked_text("replica", request.replica->value, is_valid_id, "is not a replica id");
  }
  read.optional_integer("tail", request.tail, 0, kLogTailMax);
  read.optional_boolean("follow", request.follow);
  if (!read.ok()) return std::unexpected(read.done().error());
  return request;
}

Json to_json(const LogsMessage& message) {
  if (message.end) return {{"type", "end"}};
  Json lines = Json::array();
  for (const LogLine& line : message.lines) {
    lines.push_back({{"replica", line.replica.value},
                     {"seq", line.seq},
                     {"at", line.at},
                     {"stream", line.stream},
                     {"text", line.text}});
  }
  return {{"type", "lines"}, {"lines", std::move(lines)}};
}

Result<LogsMessage> logs_message_from_json(const Json& value) {
  LogsMessage message;
  std::string type;
  FieldReader read(value);
  read.text("type", type, 32);
  if (read.ok() && type != "end" && type != "lines") {
    read.refuse("type", "must be `lines` or `end`");
  }
  message.end = type == "end";
  if (read.ok() && !message.end) {
    read.array("lines", kLogLinesPerMessageMax,
               [&](const Json& item, const std::string& path) -> Result<void> {
                 LogLine& line = message.lines.emplace_back();
                 FieldReader part(item, path);
                 part.checked_text("replica", line.replica.value, is_valid_id,
                                   "is not a replica id");
                 part.integer("seq", line.seq, 0, kCounterMax);
                 part.integer("at", line.at, 0, kUnixMsMax);
                 part.text("stream", line.stream, 32);
                 part.text("text", line.text, kTextLengthMax);
                 return part.done();
               });
  }
  if (!read.ok()) return std::unexpected(read.done().error());
  return message;
}

Json to_json(const NodeRefusal& refusal) {
  Json error = {{"code", to_string(refusal.error.code)}, {"message", refusal.error.message}};
  if (!refusal.error.hint.empty()) error["hint"] = refusal.error.hint;
  if (!refusal.error.field.empty()) error["field"] = refusal.error.field;
  Json value = {{"error", std::move(error)}};
  if (refusal.now) value["now"] = *refusal.now;
  if (refusal.epoch) value["epoch"] = *refusal.epoch;
  return value;
}

NodeRefusal node_refusal_from_json(const Json& value) {
  NodeRefusal refusal;
  const Json& error = object_at(value, "error");
  refusal.error = error_from_json(error);
  if (refusal.error.message.empty()) {
    refusal.error = Error{.code = ErrorCode::kInternal,
                          .message = "The node refused without saying why.",
                          .hint = "Read the node's own log."};
  }
  refusal.error.message.resize(std::min(refusal.error.message.size(), kCommandLengthMax));
  if (const auto now = int_or(value, "now", -1); now >= 0) refusal.now = now;
  if (const auto epoch = int_or(value, "epoch", 0); epoch >= 1) refusal.epoch = epoch;
  return refusal;
}

}  // namespace a67
