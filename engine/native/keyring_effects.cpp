#include "engine/native/keyring_effects.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "engine/base/encoding.h"

namespace a67::native {
namespace {

using Limits = std::numeric_limits<std::int64_t>;

std::string encode(std::string_view bytes) { return base64url_encode(as_bytes(bytes)); }

Result<std::string> decode(const Json& value, std::string_view where) {
  if (value.is_string()) {
    const auto bytes = base64url_decode(value.get_ref<const std::string&>());
    if (bytes) return std::string(bytes->begin(), bytes->end());
  }
  return fail(ErrorCode::kInvalidInput, "`" + std::string(where) + "` must be base64url.", {},
              std::string(where));
}

Result<std::string> read_bytes(const Json& body, std::string_view key) {
  const auto found = body.find(key);
  return decode(found == body.end() ? Json() : *found, key);
}

template <class Ref>
Result<Ref> read_ref(const Json& body, std::string_view key) {
  const auto number = require_int(body, key, {}, 1, Limits::max());
  if (!number) return std::unexpected(number.error());
  return Ref{*number};
}

// Reads two lists of the same length into a list of pairs.
Result<std::vector<WrapFor>> read_recipients(const Json& body, std::string_view ads_key) {
  const Json& publics = array_at(body, "publics");
  const Json& ads = array_at(body, ads_key);
  if (publics.size() != ads.size()) {
    return fail(ErrorCode::kInvalidInput, "Each public key needs its associated data.");
  }
  std::vector<WrapFor> recipients;
  for (std::size_t at = 0; at < publics.size(); ++at) {
    const auto public_key = decode(publics[at], "publics");
    if (!public_key) return std::unexpected(public_key.error());
    auto ad = decode(ads[at], ads_key);
    if (!ad) return std::unexpected(ad.error());
    WrapFor recipient{.public_key = {}, .ad = std::move(*ad)};
    if (public_key->size() != recipient.public_key.size()) {
      return fail(ErrorCode::kInvalidInput, "A public key has 32 bytes.", {}, "publics");
    }
    std::ranges::copy(as_bytes(*public_key), recipient.public_key.begin());
    recipients.push_back(std::move(recipient));
  }
  return recipients;
}

Json write_wraps(const std::vector<std::string>& wraps) {
  Json list = Json::array();
  for (const std::string& wrap : wraps) list.push_back(encode(wrap));
  return list;
}

Result<Json> derive(KeyChest& chest, const Json& body) {
  const auto secret = read_ref<SecretRef>(body, "secret");
  if (!secret) return std::unexpected(secret.error());
  const auto kind = method_kind_from(string_or(body, "kind"));
  if (!kind) {
    return fail(ErrorCode::kInvalidInput, "This is no kind of unlock method.", {}, "kind");
  }
  const auto salt = read_bytes(body, "salt");
  if (!salt) return std::unexpected(salt.error());
  std::optional<Argon2Params> argon2;
  if (const Json& given = object_at(body, "argon2"); !given.empty()) {
    const auto memory = require_int(given, "memoryKib", "argon2", 0, kArgon2Ceiling.memory_kib);
    if (!memory) return std::unexpected(memory.error());
    const auto passes = require_int(given, "passes", "argon2", 0, kArgon2Ceiling.passes);
    if (!passes) return std::unexpected(passes.error());
    argon2 = Argon2Params{.memory_kib = static_cast<std::uint32_t>(*memory),
                          .passes = static_cast<std::uint32_t>(*passes)};
  }
  const auto derived = chest.derive(*secret, *kind, *salt, argon2);
  if (!derived) return std::unexpected(derived.error());
  return Json{{"method", derived->method.number},
              {"public", base64url_encode(derived->public_key)}};
}

Result<Json> make(KeyChest& chest, const Json& body) {
  const auto recipients = read_recipients(body, "ad");
  if (!recipients) return std::unexpected(recipients.error());
  const auto made = chest.make(*recipients);
  if (!made) return std::unexpected(made.error());
  return Json{{"key", made->key.number}, {"wraps", write_wraps(made->wraps)}};
}

// The three fields that name a wrap and who opens it.
struct WrapFields {
  MethodRef method;
  std::string wrap;
  std::string ad;
};

Result<WrapFields> read_wrap(const Json& body) {
  const auto method = read_ref<MethodRef>(body, "method");
  if (!method) return std::unexpected(method.error());
  auto wrap = read_bytes(body, "wrap");
  if (!wrap) return std::unexpected(wrap.error());
  auto ad = read_bytes(body, "ad");
  if (!ad) return std::unexpected(ad.error());
  return WrapFields{.method = *method, .wrap = std::move(*wrap), .ad = std::move(*ad)};
}

Result<Json> rewrap(KeyChest& chest, const Json& body) {
  const auto fields = read_wrap(body);
  if (!fields) return std::unexpected(fields.error());
  const auto recipients = read_recipients(body, "ads");
  if (!recipients) return std::unexpected(recipients.error());
  const auto wraps = chest.rewrap(fields->method, fields->wrap, fields->ad, *recipients);
  if (!wraps) return std::unexpected(wraps.error());
  return Json{{"wraps", write_wraps(*wraps)}};
}

Result<Json> open(KeyChest& chest, const Json& body) {
  const auto fields = read_wrap(body);
  if (!fields) return std::unexpected(fields.error());
  const auto key = chest.open(fields->method, fields->wrap, fields->ad);
  if (!key) return std::unexpected(key.error());
  return Json{{"key", key->number}};
}

Result<Json> pin(KeyChest& chest, const Json& body) {
  const auto method = read_ref<MethodRef>(body, "method");
  if (!method) return std::unexpected(method.error());
  const auto bytes = read_bytes(body, "bytes");
  if (!bytes) return std::unexpected(bytes.error());
  const auto mac = chest.pin(*method, *bytes);
  if (!mac) return std::unexpected(mac.error());
  return Json{{"mac", encode(*mac)}};
}

std::optional<KeyUse> use_from(std::string_view name) {
  if (name == "derive") return KeyUse::kDerive;
  if (name == "seal") return KeyUse::kSeal;
  if (name == "mac") return KeyUse::kMac;
  return std::nullopt;
}

Result<Json> subkey(KeyChest& chest, const Json& body) {
  const auto key = read_ref<KeyRef>(body, "key");
  if (!key) return std::unexpected(key.error());
  const auto salt = read_bytes(body, "salt");
  if (!salt) return std::unexpected(salt.error());
  const auto info = read_bytes(body, "info");
  if (!info) return std::unexpected(info.error());
  const auto use = use_from(string_or(body, "use"));
  if (!use) return fail(ErrorCode::kInvalidInput, "This is no use of a key.", {}, "use");
  const auto made = chest.subkey(*key, *salt, *info, *use);
  if (!made) return std::unexpected(made.error());
  return Json{{"key", made->number}};
}

Result<Json> seal(KeyChest& chest, const Json& body) {
  const auto key = read_ref<KeyRef>(body, "key");
  if (!key) return std::unexpected(key.error());
  std::vector<PlainItem> items;
  for (const Json& item : array_at(body, "items")) {
    auto plain = read_bytes(item, "plain");
    if (!plain) return std::unexpected(plain.error());
    auto ad = read_bytes(item, "ad");
    if (!ad) return std::unexpected(ad.error());
    items.push_back({.plain = Sensitive<std::string>(std::move(*plain)), .ad = std::move(*ad)});
  }
  const auto sealed = chest.seal(*key, items);
  if (!sealed) return std::unexpected(sealed.error());
  return Json{{"items", write_wraps(*sealed)}};
}

Result<Json> open_sealed(KeyChest& chest, const Json& body) {
  const auto key = read_ref<KeyRef>(body, "key");
  if (!key) return std::unexpected(key.error());
  std::vector<SealedItem> items;
  for (const Json& item : array_at(body, "items")) {
    auto sealed = read_bytes(item, "sealed");
    if (!sealed) return std::unexpected(sealed.error());
    auto ad = read_bytes(item, "ad");
    if (!ad) return std::unexpected(ad.error());
    items.push_back({.sealed = std::move(*sealed), .ad = std::move(*ad)});
  }
  const auto opened = chest.open_sealed(*key, items);
  if (!opened) return std::unexpected(opened.error());
  Json list = Json::array();
  for (const OpenedItem& item : *opened) {
    list.push_back(item ? Json{{"plain", encode(item->expose())}} : Json{{"damaged", true}});
  }
  return Json{{"items", std::move(list)}};
}

Result<Json> mac(KeyChest& chest, const Json& body) {
  const auto key = read_ref<KeyRef>(body, "key");
  if (!key) return std::unexpected(key.error());
  const auto bytes = read_bytes(body, "bytes");
  if (!bytes) return std::unexpected(bytes.error());
  const auto made = chest.mac(*key, *bytes);
  if (!made) return std::unexpected(made.error());
  return Json{{"mac", encode(*made)}};
}

Result<Json> forget(KeyChest& chest, const Json& body) {
  if (bool_or(body, "all")) {
    chest.forget_all();
    return Json::object();
  }
  std::vector<std::int64_t> numbers;
  for (const Json& number : array_at(body, "refs")) {
    if (number.is_number_integer()) numbers.push_back(number.get<std::int64_t>());
  }
  chest.forget(numbers);
  return Json::object();
}

using Perform = Result<Json> (*)(KeyChest&, const Json&);
constexpr std::array<std::pair<std::string_view, Perform>, 10> kEffects = {{
    {"key.derive", derive},
    {"key.make", make},
    {"key.rewrap", rewrap},
    {"key.open", open},
    {"key.pin", pin},
    {"key.subkey", subkey},
    {"key.seal", seal},
    {"key.open_sealed", open_sealed},
    {"key.mac", mac},
    {"key.forget", forget},
}};

}  // namespace

Result<Json> perform_key_effect(KeyChest& chest, std::string_view name, const Json& body) {
  if (!body.is_object()) {
    return fail(ErrorCode::kInvalidInput, "An effect's body is an object.");
  }
  for (const auto& [known, perform] : kEffects) {
    if (known == name) return perform(chest, body);
  }
  return fail(ErrorCode::kInternal, "This host has no effect " + std::string(name) + ".");
}

}  // namespace a67::native
