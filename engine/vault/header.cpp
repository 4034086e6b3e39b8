#include "engine/vault/header.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/base/crypto.h"
#include "engine/base/encoding.h"
#include "engine/base/json.h"
#include "engine/vault/fields.h"
#include "engine/vault/wrap_key.h"

namespace a67 {
namespace {

constexpr std::string_view kFormatName = "automator67 vault";
constexpr std::string_view kBeginning =
    R"({"body":"{\"createdAt\":)";                          // of every header, cut or not
constexpr std::int64_t kNumberMax = std::int64_t{1} << 53;  // what JSON carries everywhere
constexpr std::size_t kMacBytes = 32;

std::unexpected<Error> damaged(const std::string& what) {
  return fail(ErrorCode::kStoreFailed, "The vault's header is damaged: " + what,
              "Nothing was changed. Restore the vault from a backup, or from another device.");
}

std::unexpected<Error> foreign() {
  return fail(ErrorCode::kInvalidInput, "This is not a vault of Automator67.",
              "Choose the file that Automator67 wrote as a backup.");
}

std::string encode(std::string_view bytes) { return base64url_encode(as_bytes(bytes)); }

// Reads fields and remembers whether all were there and within their limits.
class Reader {
 public:
  explicit Reader(const Json& object) : object_(object) {}

  [[nodiscard]] bool fine() const { return fine_; }
  std::string text(std::string_view key, std::size_t bytes_max) {
    auto value = require_string(object_, key, {}, bytes_max);
    if (!value) fine_ = false;
    return value ? std::move(*value) : std::string();
  }
  std::int64_t number(std::string_view key, std::int64_t min, std::int64_t max) {
    const auto value = require_int(object_, key, {}, min, max);
    if (!value) fine_ = false;
    return value.value_or(min);
  }
  bool boolean(std::string_view key) {
    const auto found = object_.is_object() ? object_.find(key) : object_.end();
    const bool is_boolean = found != object_.end() && found->is_boolean();
    if (!is_boolean) fine_ = false;
    return is_boolean && found->get<bool>();
  }
  // Raw bytes from base64url.
  std::string bytes(std::string_view key, std::size_t min, std::size_t max) {
    const auto decoded = base64url_decode(text(key, max * 2));
    if (!decoded || decoded->size() < min || decoded->size() > max) {
      fine_ = false;
      return {};
    }
    return {decoded->begin(), decoded->end()};
  }

 private:
  const Json& object_;
  bool fine_ = true;
};

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kIdBytesMax && std::ranges::all_of(text, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-';
  });
}

bool is_label(std::string_view text, std::size_t bytes_max) {
  return !text.empty() && text.size() <= bytes_max && is_utf8(text) &&
         std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

Json write_method(const UnlockMethod& method) {
  Json value = {{"id", method.id.value},
                {"kind", to_string(method.kind)},
                {"label", method.label},
                {"createdAt", method.created_at},
                {"public", base64url_encode(method.public_key)},
                {"salt", encode(method.salt)},
                {"anchorWrap", encode(method.anchor_wrap)},
                {"anchorPin", encode(method.anchor_pin)},
                {"wrap", encode(method.wrap)}};
  if (method.argon2) {
    value["argon2"] = {{"memoryKib", method.argon2->memory_kib}, {"passes", method.argon2->passes}};
  }
  if (!method.credential.empty()) value["credential"] = encode(method.credential);
  return value;
}

std::optional<UnlockMethod> read_method(const Json& value) {
  Reader reader(value);
  UnlockMethod method;
  method.id = MethodId(reader.text("id", kIdBytesMax));
  const auto kind = method_kind_from(reader.text("kind", kIdBytesMax));
  method.label = reader.text("label", kLabelBytesMax);
  method.created_at = reader.number("createdAt", 0, kNumberMax);
  const std::string public_key =
      reader.bytes("public", method.public_key.size(), method.public_key.size());
  method.salt = reader.bytes("salt", kMethodSaltBytes, kMethodSaltBytes);
  method.anchor_wrap = reader.bytes("anchorWrap", kWrapBytes, kWrapBytes);
  method.anchor_pin = reader.bytes("anchorPin", kMacBytes, kMacBytes);
  method.wrap = reader.bytes("wrap", kWrapBytes, kWrapBytes);
  if (!kind || !reader.fine()) return std::nullopt;
  method.kind = *kind;
  std::ranges::copy(as_bytes(public_key), method.public_key.begin());
  if (value.contains("credential")) {
    method.credential = reader.bytes("credential", 1, kCredentialBytesMax);
  }
  if (value.contains("argon2")) {
    Reader argon2(value["argon2"]);
    method.argon2 = Argon2Params{
        .memory_kib = static_cast<std::uint32_t>(argon2.number("memoryKib", 0, 0xFFFFFFFF)),
        .passes = static_cast<std::uint32_t>(argon2.number("passes", 0, 0xFFFFFFFF))};
    if (!argon2.fine()) return std::nullopt;
  }
  if (!reader.fine()) return std::nullopt;
  return method;
}

std::optional<VaultHeader> read_body(const Json& value) {
  Reader reader(value);
  VaultHeader header;
  header.id = VaultId(reader.text("id", kIdBytesMax));
  header.workspace = reader.text("workspace", kIdBytesMax);
  header.workspace_name = reader.text("workspaceName", kWorkspaceNameBytesMax);
  header.created_at = reader.number("createdAt", 0, kNumberMax);
  header.epoch = static_cast<std::uint32_t>(reader.number("epoch", 1, 0xFFFFFFFF));
  header.epoch_started_at = reader.number("epochStartedAt", 0, kNumberMax);
  header.revision = static_cast<std::uint64_t>(reader.number("revision", 1, kNumberMax));
  header.rotating = reader.boolean("rotating");
  header.rotation_due = reader.boolean("rotationDue");
  if (!reader.fine()) return std::nullopt;
  const Json& methods = array_at(value, "methods");
  if (methods.size() > kMethodsMax) return std::nullopt;
  for (const Json& method : methods) {
    auto read = read_method(method);
    if (!read) return std::nullopt;
    header.methods.push_back(std::move(*read));
  }
  return header;
}

Result<void> check_method(const UnlockMethod& method) {
  const auto wrong = [](std::string_view field) {
    return fail(ErrorCode::kInvalidInput,
                "`" + std::string(field) + "` of an unlock method is empty, too long or malformed.",
                {}, "methods." + std::string(field));
  };
  if (!is_id(method.id.value)) return wrong("id");
  if (!is_label(method.label, kLabelBytesMax)) return wrong("label");
  if (method.salt.size() != kMethodSaltBytes) return wrong("salt");
  if (method.anchor_wrap.size() != kWrapBytes || method.wrap.size() != kWrapBytes) {
    return wrong("wrap");
  }
  if (method.anchor_pin.size() != kMacBytes) return wrong("anchorPin");
  const bool is_passkey = method.kind == MethodKind::kPasskey;
  if (method.credential.size() > kCredentialBytesMax ||
      (!method.credential.empty() && !is_passkey)) {
    return wrong("credential");
  }
  if (method.argon2.has_value() != (method.kind == MethodKind::kPassphrase)) {
    return wrong("argon2");
  }
  return method.argon2 ? check_argon2(*method.argon2) : Result<void>{};
}

}  // namespace

const UnlockMethod* VaultHeader::find(const MethodId& method) const {
  const auto found = std::ranges::find(methods, method, &UnlockMethod::id);
  return found == methods.end() ? nullptr : &*found;
}

Result<void> check_header(const VaultHeader& header) {
  const auto wrong = [](std::string_view field) {
    return fail(ErrorCode::kInvalidInput,
                "`" + std::string(field) + "` of the vault is empty, too long or malformed.", {},
                std::string(field));
  };
  if (!is_id(header.id.value)) return wrong("id");
  if (!is_id(header.workspace)) return wrong("workspace");
  if (!is_label(header.workspace_name, kWorkspaceNameBytesMax)) return wrong("workspaceName");
  if (header.methods.empty() || header.methods.size() > kMethodsMax) return wrong("methods");
  std::set<MethodId> ids;
  std::set<UnlockPublicKey> keys;
  for (const UnlockMethod& method : header.methods) {
    if (auto fine = check_method(method); !fine) return fine;
    if (!ids.insert(method.id).second || !keys.insert(method.public_key).second) {
      return wrong("methods");
    }
  }
  return {};
}

std::string write_header_body(const VaultHeader& header) {
  Json methods = Json::array();
  for (const UnlockMethod& method : header.methods) methods.push_back(write_method(method));
  return dump_json({{"id", header.id.value},
                    {"workspace", header.workspace},
                    {"workspaceName", header.workspace_name},
                    {"createdAt", header.created_at},
                    {"epoch", header.epoch},
                    {"epochStartedAt", header.epoch_started_at},
                    {"revision", header.revision},
                    {"rotating", header.rotating},
                    {"rotationDue", header.rotation_due},
                    {"methods", std::move(methods)}});
}

std::string write_header(std::string_view body, std::string_view mac) {
  return dump_json({{"format", kFormatName},
                    {"version", kVaultFormat},
                    {"sha256", hex_encode(sha256(body))},
                    {"mac", encode(mac)},
                    {"body", body}});
}

Result<StoredHeader> read_header(std::string_view text) {
  if (text.size() > kHeaderBytesMax) return foreign();
  const auto outer = parse_json(text, {.bytes_max = kHeaderBytesMax, .depth_max = 4});
  if (!outer) {
    const bool ours = text.contains(kFormatName) || text.starts_with(kBeginning);
    return ours ? damaged("it is cut off or bent.") : foreign();
  }
  if (string_or(*outer, "format") != kFormatName) return foreign();
  if (const auto version = int_or(*outer, "version"); version > kVaultFormat) {
    return fail(ErrorCode::kConflict,
                "This vault was written by a newer version of Automator67 (format " +
                    std::to_string(version) + ", this one reads " + std::to_string(kVaultFormat) +
                    ").",
                "Update Automator67 on this device, then open the vault again.");
  }
  Reader reader(*outer);
  reader.number("version", 1, kVaultFormat);
  StoredHeader stored;
  stored.body = reader.text("body", kHeaderBytesMax);
  stored.mac = reader.bytes("mac", kMacBytes, kMacBytes);
  const std::string checksum = reader.text("sha256", 64);
  if (!reader.fine()) return damaged("a field is missing or malformed.");
  if (checksum != hex_encode(sha256(stored.body))) return damaged("its checksum is another.");

  const auto body = parse_json(stored.body, {.bytes_max = kHeaderBytesMax, .depth_max = 8});
  if (!body) return damaged("its body is no JSON.");
  auto header = read_body(*body);
  if (!header) return damaged("a field of its body is missing or malformed.");
  stored.header = std::move(*header);
  for (const UnlockMethod& method : stored.header.methods) {
    if (!method.argon2) continue;
    if (auto fine = check_argon2(*method.argon2); !fine) return std::unexpected(fine.error());
  }
  if (auto fine = check_header(stored.header); !fine) return damaged(fine.error().message);
  if (write_header_body(stored.header) != stored.body) {
    return damaged("its body is not what this version would write.");
  }
  return stored;
}

std::string wrap_context(const VaultHeader& header, const UnlockMethod& method) {
  return join_fields({"automator67/vault/v1/wrap", header.id.value, std::to_string(header.epoch),
                      method.id.value, to_string(method.kind)});
}

std::string anchor_context(const VaultHeader& header, const UnlockMethod& method) {
  return join_fields(
      {"automator67/vault/v1/anchor", header.id.value, method.id.value, to_string(method.kind)});
}

std::string pin_message(const VaultHeader& header, const UnlockMethod& method,
                        std::string_view anchor_commitment) {
  return join_fields({"automator67/vault/v1/pin", header.id.value, method.id.value,
                      to_string(method.kind), anchor_commitment});
}

}  // namespace a67
