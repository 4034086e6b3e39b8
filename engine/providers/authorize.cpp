#include "engine/providers/authorize.h"

#include <algorithm>

#include "engine/base/encoding.h"
#include "engine/providers/aws_sigv4.h"

namespace a67 {
namespace {

Result<std::string_view> field(const Credential& credential, std::string_view name) {
  const std::string_view value = credential.expose(name);
  if (!value.empty()) return value;
  return fail(ErrorCode::kInvalidInput, "The account has no `" + std::string(name) + "`.",
              "Connect it again.", std::string(name));
}

void put_header(HttpRequest& http, std::string name, std::string value) {
  http.headers.emplace_back(std::move(name), std::move(value));
}

Result<void> sign_aws(HttpRequest& http, const Credential& credential, const Json& settings,
                      UnixMs now) {
  const auto key = field(credential, "key");
  if (!key) return std::unexpected(key.error());
  const auto secret = field(credential, "secret");
  if (!secret) return std::unexpected(secret.error());
  sign_aws_v4(http, {.key = std::string(*key),
                     .secret = *secret,
                     .region = string_or(settings, "region", "us-east-1"),
                     .service = "s3",
                     .now = now});
  return {};
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
  std::string text = base64url_encode(as_bytes(bytes));
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
  std::string plain(text.substr(0, text.find_last_not_of('=') + 1));
  std::ranges::replace(plain, '+', '-');
  std::ranges::replace(plain, '/', '_');
  const auto bytes = base64url_decode(plain);
  if (!bytes) return std::nullopt;
  return std::string(bytes->begin(), bytes->end());
}

Result<void> authorize(HttpRequest& http, const ApiRequest& request, const Credential& credential,
                       const Json& settings, UnixMs now) {
  switch (request.auth) {
    case Auth::kNone:
      return {};
    case Auth::kBearer: {
      const auto token = field(credential, request.auth_field);
      if (!token) return std::unexpected(token.error());
      put_header(http, "Authorization", "Bearer " + std::string(*token));
      return {};
    }
    case Auth::kBasic: {
      const auto key = field(credential, "key");
      if (!key) return std::unexpected(key.error());
      const auto secret = field(credential, "secret");
      if (!secret) return std::unexpected(secret.error());
      put_header(http, "Authorization",
                 "Basic " + base64_encode(std::string(*key) + ":" + std::string(*secret)));
      return {};
    }
    case Auth::kHeader: {
      const auto value = field(credential, request.auth_field);
      if (!value) return std::unexpected(value.error());
      put_header(http, request.auth_header, std::string(*value));
      return {};
    }
    case Auth::kApiKey: {
      const auto key = field(credential, request.auth_field);
      if (!key) return std::unexpected(key.error());
      put_header(http, "apikey", std::string(*key));
      put_header(http, "Authorization", "Bearer " + std::string(*key));
      return {};
    }
    case Auth::kAwsSigV4:
      return sign_aws(http, credential, settings, now);
  }
  return {};
}

}  // namespace a67
