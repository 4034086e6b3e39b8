#include "node-wrapper/control/node_record.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "engine/base/encoding.h"
#include "engine/fleet/field_reader.h"
#include "engine/fleet/node_protocol.h"
#include "node-wrapper/control/desired_file.h"
#include "node-wrapper/control/system.h"
#include "node-wrapper/releases/file_tools.h"

namespace a67 {
namespace {

constexpr std::size_t kRecordBytesMax = 65'536;
constexpr std::int64_t kCounterMax = std::int64_t{1} << 53;

std::optional<std::array<std::uint8_t, 32>> decode_32(std::string_view text) {
  const auto bytes = base64url_decode(text);
  if (!bytes || bytes->size() != 32) return std::nullopt;
  std::array<std::uint8_t, 32> fixed{};
  std::ranges::copy(*bytes, fixed.begin());
  return fixed;
}

void read_32(FieldReader& read, std::string_view key, std::array<std::uint8_t, 32>& out) {
  std::string text;
  read.text(key, text, 64);
  if (!read.ok()) return;
  if (const auto bytes = decode_32(text)) {
    out = *bytes;
  } else {
    read.refuse(key, "must be 32 bytes in base64url");
  }
}

Result<void> read_controller(const Json& value, const std::string& path, PinnedController& out) {
  FieldReader read(value, path);
  read_32(read, "publicKey", out.key);
  read.text("name", out.name, 100);
  read_32(read, "codeHash", out.code_hash);
  read.array(
      "origins", kOriginsMax, [&](const Json& item, const std::string& where) -> Result<void> {
        if (!item.is_string()) {
          return fail(ErrorCode::kInvalidInput, "`" + where + "` must be a text.", {}, where);
        }
        out.origins.push_back(item.get<std::string>());
        return {};
      });
  return read.done();
}

}  // namespace

Json to_json(const NodeRecord& record) {
  Json value = {{"version", 1},
                {"nodeId", record.id.value},
                {"name", record.name},
                {"epoch", record.epoch},
                {"claimLock",
                 {{"failures", record.claim_lock.failures},
                  {"locks", record.claim_lock.locks},
                  {"lockedUntil", record.claim_lock.locked_until}}}};
  if (record.controller) {
    value["controller"] = {{"publicKey", base64url_encode(record.controller->key)},
                           {"name", record.controller->name},
                           {"origins", record.controller->origins},
                           {"codeHash", base64url_encode(record.controller->code_hash)}};
  }
  return value;
}

Result<NodeRecord> node_record_from_json(const Json& value) {
  NodeRecord record;
  FieldReader read(value);
  std::int64_t version = 0;
  read.integer("version", version, 1, 1);
  read.checked_text("nodeId", record.id.value, is_valid_id, "is not a node id");
  read.text("name", record.name, 100);
  read.integer("epoch", record.epoch, 0, kCounterMax);
  read.object("claimLock", [&](const Json& item, const std::string& path) {
    FieldReader part(item, path);
    part.integer("failures", record.claim_lock.failures, 0, ClaimLock::kFailuresMax);
    part.integer("locks", record.claim_lock.locks, 0, kCounterMax);
    part.integer("lockedUntil", record.claim_lock.locked_until, 0, kCounterMax);
    return part.done();
  });
  if (read.has("controller")) {
    read.object("controller", [&](const Json& item, const std::string& path) {
      return read_controller(item, path, record.controller.emplace());
    });
  }
  if (!read.ok()) return std::unexpected(read.done().error());
  return record;
}

Result<NodeRecordFile> NodeRecordFile::open(const std::string& folder, const std::string& name,
                                            Random& random,
                                            const Sensitive<std::string>& given_code) {
  NodeRecordFile file(folder, NodeRecord{});
  const auto text = read_file(file.path(), kRecordBytesMax);
  NodeRecord record;
  if (text) {
    const auto value = parse_json(*text);
    auto known = value ? node_record_from_json(*value) : std::unexpected(value.error());
    if (!known) {
      // Starting anew would hand the node to whoever claims it first, so a person has to decide.
      return fail(ErrorCode::kStoreFailed, file.path() + " is damaged: " + known.error().message,
                  "Restore it, or forget the controller with `automator67-node reset`.");
    }
    record = std::move(*known);
  } else if (text.error().code == ErrorCode::kNotFound) {
    record.id = NodeId("n-" + random.make_name(12));
    record.name = name.empty() ? record.id.value : name;
  } else {
    return std::unexpected(text.error());
  }
  if (!name.empty()) record.name = name;
  if (auto saved = file.change(std::move(record)); !saved) return std::unexpected(saved.error());
  if (file.record_.controller) {
    file.drop_claim_code();
    return file;
  }
  if (const auto code = read_file(file.code_path(), 64)) {
    const std::string_view line(code->data(), code->find_last_not_of('\n') + 1);
    file.claim_code_ = normalize_claim_code(line);
  }
  if (!file.claim_code_) {
    auto made = given_code.expose().empty() ? file.renew_claim_code(random)
                                            : file.take_claim_code(given_code.expose());
    if (!made) return std::unexpected(made.error());
  }
  return file;
}

Result<void> NodeRecordFile::take_claim_code(std::string_view given) {
  auto code = normalize_claim_code(given);
  if (code && is_claim_code_strong(*code)) return keep_claim_code(std::move(*code));
  return fail(
      ErrorCode::kInvalidInput,
      "The claim code this node was given (A67_CLAIM_CODE) cannot be taken: it must have 12 "
      "symbols of 0-9 and A-Z without I, L, O and U, at least four different ones.",
      "Make a random one, or leave it out: the node then makes its own.");
}

Result<void> NodeRecordFile::change(NodeRecord next) {
  if (next == record_) return {};
  if (auto saved = replace_file(path(), dump_json(to_json(next)), true); !saved) return saved;
  record_ = std::move(next);
  return {};
}

Result<void> NodeRecordFile::renew_claim_code(Random& random) {
  return keep_claim_code(make_claim_code(random));
}

Result<void> NodeRecordFile::keep_claim_code(std::string code) {
  if (auto saved = replace_file(code_path(), code + "\n", true); !saved) return saved;
  claim_code_ = std::move(code);
  return {};
}

void NodeRecordFile::drop_claim_code() {
  claim_code_.reset();
  ::unlink(code_path().c_str());
}

Result<NodeIdentity> open_identity(const std::string& data_folder, const std::string& name,
                                   const Sensitive<std::string>& claim_code) {
  auto random = make_system_random();
  if (!random) return std::unexpected(random.error());
  auto folder = DataFolder::open(data_folder);
  if (!folder) return std::unexpected(folder.error());
  auto record = NodeRecordFile::open(folder->path(), name, *random, claim_code);
  if (!record) return std::unexpected(record.error());
  return NodeIdentity{
      .random = std::move(*random), .folder = std::move(*folder), .record = std::move(*record)};
}

Result<void> forget_controller(const std::string& data_folder) {
  auto folder = DataFolder::open(data_folder);
  if (!folder) return std::unexpected(folder.error());
  auto random = make_system_random();
  if (!random) return std::unexpected(random.error());
  DesiredFile(folder->path()).remove();
  ::unlink(folder->file("claim-code").c_str());
  auto file = NodeRecordFile::open(folder->path(), {}, *random);
  if (!file) {
    // A damaged record cannot be kept: the node gets a new id.
    ::unlink(folder->file("node.json").c_str());
    return {};
  }
  NodeRecord record = file->record();
  record.controller.reset();
  record.epoch = 0;
  record.claim_lock = {};
  return file->change(std::move(record));
}

}  // namespace a67
