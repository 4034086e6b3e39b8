// The Keyring side of EffectBus: byte strings leave and come back as base64url.
#include <algorithm>
#include <utility>

#include "engine/api/effects.h"
#include "engine/base/encoding.h"

namespace a67 {
namespace {

std::string encode(std::string_view bytes) { return base64url_encode(as_bytes(bytes)); }

std::unexpected<Error> odd_answer(std::string_view name) {
  return fail(ErrorCode::kInternal,
              "The host answered " + std::string(name) + " with something else.",
              "Load the page again, so that engine and host are of the same version.");
}

std::optional<std::string> decode(const Json& value) {
  if (!value.is_string()) return std::nullopt;
  const auto bytes = base64url_decode(value.get_ref<const std::string&>());
  if (!bytes) return std::nullopt;
  return std::string(bytes->begin(), bytes->end());
}

std::optional<std::string> bytes_at(const Json& body, std::string_view key) {
  const auto found = body.find(key);
  return found == body.end() ? std::nullopt : decode(*found);
}

std::optional<std::vector<std::string>> list_at(const Json& body, std::string_view key,
                                                std::size_t count) {
  std::vector<std::string> list;
  for (const Json& value : array_at(body, key)) {
    auto bytes = decode(value);
    if (!bytes) return std::nullopt;
    list.push_back(std::move(*bytes));
  }
  if (list.size() != count) return std::nullopt;
  return list;
}

Json write_publics(const std::vector<WrapFor>& recipients) {
  Json list = Json::array();
  for (const WrapFor& recipient : recipients) {
    list.push_back(base64url_encode(recipient.public_key));
  }
  return list;
}

Json write_ads(const std::vector<WrapFor>& recipients) {
  Json list = Json::array();
  for (const WrapFor& recipient : recipients) list.push_back(encode(recipient.ad));
  return list;
}

std::string_view name_of(KeyUse use) {
  switch (use) {
    case KeyUse::kDerive:
      return "derive";
    case KeyUse::kSeal:
      return "seal";
    case KeyUse::kMac:
      return "mac";
  }
  return "";
}

}  // namespace

Task<Result<DerivedMethod>> EffectBus::derive(SecretRef secret, MethodKind kind, std::string salt,
                                              std::optional<Argon2Params> argon2) {
  Json body = {{"secret", secret.number}, {"kind", to_string(kind)}, {"salt", encode(salt)}};
  if (argon2) body["argon2"] = {{"memoryKib", argon2->memory_kib}, {"passes", argon2->passes}};
  Call call(*this, "key.derive", std::move(body));
  const auto answer = co_await call.end();
  if (!answer) co_return std::unexpected(answer.error());
  DerivedMethod derived{.method = MethodRef{int_or(*answer, "method")}, .public_key = {}};
  const auto public_key = bytes_at(*answer, "public");
  if (derived.method.number <= 0 || !public_key ||
      public_key->size() != derived.public_key.size()) {
    co_return odd_answer("key.derive");
  }
  std::ranges::copy(as_bytes(*public_key), derived.public_key.begin());
  co_return derived;
}

Task<Result<MadeKey>> EffectBus::make(std::vector<WrapFor> recipients) {
  Call call(*this, "key.make",
            {{"publics", write_publics(recipients)}, {"ad", write_ads(recipients)}});
  const auto answer = co_await call.end();
  if (!answer) co_return std::unexpected(answer.error());
  const KeyRef key{int_or(*answer, "key")};
  auto wraps = list_at(*answer, "wraps", recipients.size());
  if (key.number <= 0 || !wraps) co_return odd_answer("key.make");
  co_return MadeKey{.key = key, .wraps = std::move(*wraps)};
}

Task<Result<std::vector<std::string>>> EffectBus::rewrap(MethodRef method, std::string wrap,
                                                         std::string ad,
                                                         std::vector<WrapFor> recipients) {
  Call call(*this, "key.rewrap",
            {{"method", method.number},
             {"wrap", encode(wrap)},
             {"ad", encode(ad)},
             {"publics", write_publics(recipients)},
             {"ads", write_ads(recipients)}});
  const auto answer = co_await call.end();
  if (!answer) co_return std::unexpected(answer.error());
  auto wraps = list_at(*answer, "wraps", recipients.size());
  if (!wraps) co_return odd_answer("key.rewrap");
  co_return std::move(*wraps);
}

Task<Result<KeyRef>> EffectBus::open(MethodRef method, std::string wrap, std::string ad) {
  Call call(*this, "key.open",
            {{"method", method.number}, {"wrap", encode(wrap)}, {"ad", encode(ad)}});
  const auto answer = co_await call.end();
  if (!answer) co_return std::unexpected(answer.error());
  const KeyRef key{int_or(*answer, "key")};
  if (key.number <= 0) co_return odd_answer("key.open");
  co_return key;
}

Task<Result<std::string>> EffectBus::pin(MethodRef method, std::string bytes) {
  Call call(*this, "key.pin", {{"method", method.number}, {"bytes", encode(bytes)}});
  const auto answer = co_await call.end();
  if (!answer) co_return std::unexpected(answer.error());
  auto mac = bytes_at(*answer, "mac");
  if (!mac) co_return odd_answer("key.pin");
  co_return std::move(*mac);
}

Task<Result<KeyRef>> EffectBus::subkey(KeyRef key, std::string salt, std::string info, KeyUse use) {
  Call call(
      *this, "key.subkey",
      {{"key", key.number}, {"salt", encode(salt)}, {"info", encode(info)}, {"use", name_of(use)}});
  const auto answer = co_await call.end();
  if (!answer) co_return std::unexpected(answer.error());
  const KeyRef made{int_or(*answer, "key")};
  if (made.number <= 0) co_return odd_answer("key.subkey");
  co_return made;
}

Task<Result<std::vector<std::string>>> EffectBus::seal(KeyRef key, std::vector<PlainItem> items) {
  Json list = Json::array();
  for (const PlainItem& item : items) {
    list.push_back({{"plain", encode(item.plain.expose())}, {"ad", encode(item.ad)}});
  }
  Call call(*this, "key.seal", {{"key", key.number}, {"items", std::move(list)}});
  const auto answer = co_await call.end();
  if (!answer) co_return std::unexpected(answer.error());
  auto sealed = list_at(*answer, "items", items.size());
  if (!sealed) co_return odd_answer("key.seal");
  co_return std::move(*sealed);
}

Task<Result<std::vector<OpenedItem>>> EffectBus::open_sealed(KeyRef key,
                                                             std::vector<SealedItem> items) {
  Json list = Json::array();
  for (const SealedItem& item : items) {
    list.push_back({{"sealed", encode(item.sealed)}, {"ad", encode(item.ad)}});
  }
  Call call(*this, "key.open_sealed", {{"key", key.number}, {"items", std::move(list)}});
  const auto answer = co_await call.end();
  if (!answer) co_return std::unexpected(answer.error());
  std::vector<OpenedItem> opened;
  for (const Json& item : array_at(*answer, "items")) {
    if (bool_or(item, "damaged")) {
      opened.emplace_back();
      continue;
    }
    auto plain = item.is_object() ? bytes_at(item, "plain") : std::nullopt;
    if (!plain) co_return odd_answer("key.open_sealed");
    opened.emplace_back(Sensitive<std::string>(std::move(*plain)));
  }
  if (opened.size() != items.size()) co_return odd_answer("key.open_sealed");
  co_return opened;
}

Task<Result<std::string>> EffectBus::mac(KeyRef key, std::string bytes) {
  Call call(*this, "key.mac", {{"key", key.number}, {"bytes", encode(bytes)}});
  const auto answer = co_await call.end();
  if (!answer) co_return std::unexpected(answer.error());
  auto mac = bytes_at(*answer, "mac");
  if (!mac) co_return odd_answer("key.mac");
  co_return std::move(*mac);
}

// Nobody waits for the answer: letting go cannot fail.
void EffectBus::forget(std::vector<std::int64_t> numbers) {
  if (numbers.empty()) return;
  emit_({{"kind", "effect"},
         {"id", next_id_++},
         {"name", "key.forget"},
         {"body", {{"refs", numbers}}}});
}

void EffectBus::forget_all() {
  emit_(
      {{"kind", "effect"}, {"id", next_id_++}, {"name", "key.forget"}, {"body", {{"all", true}}}});
}

}  // namespace a67
