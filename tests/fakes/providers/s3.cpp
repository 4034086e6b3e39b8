// A fake of S3 (docs.aws.amazon.com/AmazonS3/latest/API). It computes Signature Version 4 for
// itself.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

#include "engine/base/crypto.h"
#include "engine/base/encoding.h"
#include "engine/base/hkdf.h"
#include "engine/providers/json_template.h"
#include "tests/fakes/fake_provider.h"

namespace a67::fakes::s3 {
namespace {

constexpr const char* kKey = "0031234567890abcdef";
constexpr const char* kSecret = "K003fakeSecretOfB2/With+Signs";
constexpr const char* kRegion = "eu-central-003";
constexpr const char* kHost = "s3.eu-central-003.backblazeb2.com";
constexpr std::int64_t kSkewMaxMs = 900'000;
constexpr const char* kDate = "2026-11-26T10:00:00.000Z";

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~").find(c) != std::string_view::npos;
    if (plain) {
      out += c;
      continue;
    }
    std::string hex = hex_encode(as_bytes(std::string(1, c)));
    for (char& digit : hex) {
      if (digit >= 'a') digit = static_cast<char>(digit - 'a' + 'A');
    }
    out += "%" + hex;
  }
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else {
      out += c;
    }
  }
  return out;
}

// "...Signature=abc" -> "abc".
std::string part_of(const std::string& header, const std::string& name) {
  const auto at = header.find(name + "=");
  if (at == std::string::npos) return {};
  const auto begin = at + name.size() + 1;
  return header.substr(begin, header.find(',', begin) - begin);
}

std::string expected_signature(const FakeRequest& r, const std::string& signed_headers) {
  std::string query;
  for (const auto& [name, value] : r.query) {
    query += (query.empty() ? "" : "&") + encoded(name) + "=" + encoded(value);
  }
  std::string text = r.method + "\n" + r.path + "\n" + query + "\n";
  std::string_view rest = signed_headers;
  while (!rest.empty()) {
    const std::string name(rest.substr(0, rest.find(';')));
    text += name + ":" + (name == "host" ? r.own_host : r.header(name)) + "\n";
    rest.remove_prefix(std::min(name.size() + 1, rest.size()));
  }
  const std::string payload = r.header("x-amz-content-sha256");
  if (payload != hex_encode(sha256(r.body))) return "the body is another";
  text += "\n" + signed_headers + "\n" + payload;
  const std::string date = r.header("x-amz-date");
  const std::string scope = date.substr(0, 8) + "/" + kRegion + "/s3/aws4_request";
  const std::string to_sign =
      "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + hex_encode(sha256(text));
  Digest key = hmac_sha256(as_bytes(std::string("AWS4") + kSecret), date.substr(0, 8));
  for (const char* part : {kRegion, "s3", "aws4_request"}) key = hmac_sha256(key, part);
  return hex_encode(hmac_sha256(key, to_sign));
}

class Fake final : public FakeProvider {
 public:
  Fake() {
    route("GET", "data", "/", [this](const FakeRequest&) {
      std::string xml =
          R"(<?xml version="1.0" encoding="UTF-8"?>
<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>owner-1</ID></Owner><Buckets>)";
      for (const auto& [name, objects] : buckets_) {
        xml +=
            "<Bucket><Name>" + name + "</Name><CreationDate>" + kDate + "</CreationDate></Bucket>";
      }
      return FakeAnswer{.text = xml + "</Buckets></ListAllMyBucketsResult>"};
    });
    route("PUT", "data", "/{bucket}", [this](const FakeRequest& r) {
      return buckets_.emplace(r.parts[0], Objects()).second
                 ? FakeAnswer{}
                 : error(409, "BucketAlreadyOwnedByYou", "It is yours already.");
    });
    of_bucket("DELETE", "", [](Objects& objects, const FakeRequest& r, Fake& f) {
      if (!objects.empty()) return error(409, "BucketNotEmpty", "The bucket is not empty.");
      f.buckets_.erase(r.parts[0]);
      return FakeAnswer{.status = 204};
    });
    of_bucket("GET", "",
              [](Objects& objects, const FakeRequest& r, Fake& f) { return f.list(objects, r); });
    of_bucket("PUT", "/{rest...}", [](Objects& objects, const FakeRequest& r, Fake&) {
      objects[r.parts[1]] = r.body;
      return FakeAnswer{.headers = {{"ETag", "\"abc\""}}};
    });
    of_bucket("GET", "/{rest...}", [](Objects& objects, const FakeRequest& r, Fake&) {
      const auto found = objects.find(r.parts[1]);
      if (found == objects.end()) return error(404, "NoSuchKey", "The key does not exist.");
      const std::string range = r.header("range");
      if (range.empty()) return FakeAnswer{.text = found->second};
      const auto dash = range.find('-');
      const auto from = std::stoul(range.substr(6, dash - 6));
      const auto to = std::stoul(range.substr(dash + 1));
      return FakeAnswer{
          .status = 206, .json = {}, .text = found->second.substr(from, to - from + 1)};
    });
    of_bucket("DELETE", "/{rest...}", [](Objects& objects, const FakeRequest& r, Fake&) {
      objects.erase(r.parts[1]);
      return FakeAnswer{.status = 204};
    });
  }

  [[nodiscard]] Sample sample() const override {
    return {.credential = {{"key", kKey}, {"secret", kSecret}},
            .settings = {{"endpoint", std::string("https://") + kHost}, {"region", kRegion}}};
  }
  [[nodiscard]] bool is_empty() const override { return buckets_.empty(); }
  [[nodiscard]] std::size_t count_named(const std::string& name) const override {
    return buckets_.count(name);
  }

 private:
  using Objects = std::map<std::string, std::string>;
  using OfBucket = FakeAnswer (*)(Objects&, const FakeRequest&, Fake&);

  void of_bucket(std::string method, const std::string& rest, OfBucket handler) {
    route(std::move(method), "data", "/{bucket}" + rest, [this, handler](const FakeRequest& r) {
      const auto found = buckets_.find(r.parts[0]);
      return found == buckets_.end() ? error(404, "NoSuchBucket", "The bucket does not exist.")
                                     : handler(found->second, r, *this);
    });
  }

  static FakeAnswer error(int status, const std::string& code, const std::string& message) {
    return {.status = status,
            .json = {},
            .text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code +
                    "</Code><Message>" + message + "</Message></Error>",
            .headers = {{"content-type", "application/xml"}}};
  }

  [[nodiscard]] bool knows(const FakeRequest& r) const override {
    const std::string header = r.header("authorization");
    return r.own_host == kHost && header.starts_with("AWS4-HMAC-SHA256 ") &&
           part_of(header, "Credential").starts_with(std::string(kKey) + "/") &&
           part_of(header, "Signature") == expected_signature(r, part_of(header, "SignedHeaders"));
  }

  // S3 knows no 401.
  [[nodiscard]] std::optional<FakeAnswer> wrong_time(const FakeRequest& r) const override {
    const std::string iso = r.header("x-amz-date");  // 20261126T100000Z
    if (iso.size() != 16) return std::nullopt;
    const UnixMs signed_at =
        unix_ms_from(iso.substr(0, 4) + "-" + iso.substr(4, 2) + "-" + iso.substr(6, 2) + "T" +
                     iso.substr(9, 2) + ":" + iso.substr(11, 2) + ":" + iso.substr(13, 2) + "Z");
    if (std::abs(signed_at - r.now) <= kSkewMaxMs) return std::nullopt;
    return FakeAnswer{
        .status = 403,
        .json = {},
        .text =
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>RequestTimeTooSkewed"
            "</Code><Message>The difference between the request time and the current time is "
            "too large.</Message><RequestTime>" +
            iso + "</RequestTime><ServerTime>" + date(r.now) +
            "</ServerTime><MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds>"
            "</Error>",
        .headers = {{"content-type", "application/xml"}}};
  }

  [[nodiscard]] FakeAnswer refusal(int status, const std::string& message) const override {
    if (status == 401) return error(403, "SignatureDoesNotMatch", "The signature does not match.");
    return error(status, "InvalidRequest", message);
  }

  FakeAnswer list(const Objects& objects, const FakeRequest& r) {
    if (r.param("list-type") != "2") return error(400, "InvalidArgument", "list-type");
    const std::size_t limit =
        page_size(r.param("max-keys").empty() ? 1000 : std::stoul(r.param("max-keys")));
    std::string xml = R"(<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">)";
    std::size_t count = 0;
    std::string last;
    bool more = false;
    for (const auto& [key, bytes] : objects) {
      if (!key.starts_with(r.param("prefix")) || key <= r.param("continuation-token")) continue;
      if (count == limit) {
        more = true;
        break;
      }
      ++count;
      last = key;
      xml += "<Contents><Key>" + escaped(key) + "</Key><LastModified>" + kDate +
             "</LastModified><ETag>&quot;abc&quot;</ETag><Size>" + std::to_string(bytes.size()) +
             "</Size><StorageClass>STANDARD</StorageClass></Contents>";
    }
    xml += std::string("<IsTruncated>") + (more ? "true" : "false") + "</IsTruncated>";
    if (more) xml += "<NextContinuationToken>" + escaped(last) + "</NextContinuationToken>";
    return {.text = xml + "</ListBucketResult>"};
  }

  std::map<std::string, Objects> buckets_;
};

}  // namespace

std::unique_ptr<FakeProvider> make() { return std::make_unique<Fake>(); }

}  // namespace a67::fakes::s3
