#include "engine/providers/aws_sigv4.h"

#include <algorithm>
#include <map>
#include <vector>

#include "engine/base/encoding.h"
#include "engine/base/hkdf.h"
#include "engine/providers/json_template.h"

namespace a67 {
namespace {

struct UrlParts {
  std::string host;
  std::string path;
  std::string query;
};

UrlParts split_url(std::string_view url) {
  const auto begin = url.find("://") + 3;
  const auto path_at = std::min(url.find('/', begin), url.size());
  const auto query_at = std::min(url.find('?', path_at), url.size());
  UrlParts parts{.host = std::string(url.substr(begin, path_at - begin)),
                 .path = std::string(url.substr(path_at, query_at - path_at)),
                 .query = query_at == url.size() ? "" : std::string(url.substr(query_at + 1))};
  if (parts.path.empty()) parts.path = "/";
  return parts;
}

std::string canonical_query(const std::string& query) {
  std::vector<std::string> pairs;
  for (std::size_t at = 0; at < query.size();) {
    const auto end = std::min(query.find('&', at), query.size());
    std::string pair = query.substr(at, end - at);
    if (pair.find('=') == std::string::npos) pair += '=';
    pairs.push_back(std::move(pair));
    at = end + 1;
  }
  std::ranges::sort(pairs);
  std::string joined;
  for (const std::string& pair : pairs) {
    if (!joined.empty()) joined += '&';
    joined += pair;
  }
  return joined;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

std::string trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(' ') - begin + 1));
}

std::span<const std::uint8_t> bytes_of(const Digest& digest) { return digest; }

std::string hex_sha256(std::string_view bytes) { return hex_encode(sha256(bytes)); }

// "20260126T101112Z" of "2026-01-26T10:11:12.000Z".
std::string amz_date(UnixMs now) {
  std::string date = rfc3339_from(now).substr(0, 19);
  std::erase_if(date, [](char c) { return c == '-' || c == ':'; });
  return date + "Z";
}

Digest signing_key(const AwsSigning& with, const std::string& day) {
  Sensitive<std::string> first("AWS4" + std::string(with.secret));
  Digest key = hmac_sha256(as_bytes(first.expose()), day);
  for (const std::string_view part : {std::string_view(with.region), std::string_view(with.service),
                                      std::string_view("aws4_request")}) {
    key = hmac_sha256(bytes_of(key), part);
  }
  return key;
}

}  // namespace

void sign_aws_v4(HttpRequest& http, const AwsSigning& with) {
  const UrlParts url = split_url(http.url);
  const std::string date = amz_date(with.now);
  const std::string day = date.substr(0, 8);
  const std::string payload =
      http.blob.empty() ? hex_sha256(http.body) : std::string("UNSIGNED-PAYLOAD");
  http.headers.emplace_back("x-amz-date", date);
  http.headers.emplace_back("x-amz-content-sha256", payload);

  std::map<std::string, std::string> headers{{"host", url.host}};
  for (const auto& [name, value] : http.headers) headers[lower(name)] = trimmed(value);
  std::string canonical_headers;
  std::string signed_headers;
  for (const auto& [name, value] : headers) {
    canonical_headers += name + ":" + value + "\n";
    if (!signed_headers.empty()) signed_headers += ';';
    signed_headers += name;
  }
  const std::string request = http.method + "\n" + url.path + "\n" + canonical_query(url.query) +
                              "\n" + canonical_headers + "\n" + signed_headers + "\n" + payload;
  const std::string scope = day + "/" + with.region + "/" + with.service + "/aws4_request";
  const std::string to_sign =
      "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + hex_sha256(request);
  const Digest signature = hmac_sha256(bytes_of(signing_key(with, day)), to_sign);
  http.headers.emplace_back("Authorization", "AWS4-HMAC-SHA256 Credential=" + with.key + "/" +
                                                 scope + ", SignedHeaders=" + signed_headers +
                                                 ", Signature=" + hex_encode(bytes_of(signature)));
}

}  // namespace a67
