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
constexpr std::size_t kPartBytesMin = std::size_t{5} << 20;
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
  if (payload != "UNSIGNED-PAYLOAD" && payload != hex_encode(sha256(r.body)))
    return "the body is another";
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
    of_bucket("GET", "", [](Objects& objects, const FakeRequest& r, Fake& f) {
      return r.query.contains("uploads") ? f.list_uploads(r) : f.list(objects, r);
    });
    of_bucket("POST", "/{rest...}", [](Objects& objects, const FakeRequest& r, Fake& f) {
      return r.query.contains("uploads") ? f.begin_upload(r) : f.complete_upload(objects, r);
    });
    of_bucket("PUT", "/{rest...}", [](Objects& objects, const FakeRequest& r, Fake& f) {
      if (r.query.contains("uploadId")) return f.take_part_of_upload(r);
      if (!r.query.empty()) return error(400, "InvalidArgument", "query");
      objects[r.parts[1]] = r.body;
      return FakeAnswer{.headers = {{"ETag", "\"abc\""}}};
    });
    of_bucket("HEAD", "/{rest...}", [](Objects& objects, const FakeRequest& r, Fake&) {
      const auto found = objects.find(r.parts[1]);
      if (found == objects.end()) return FakeAnswer{.status = 404};
      return FakeAnswer{.headers = {{"Content-Length", std::to_string(found->second.size())}}};
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
    of_bucket("DELETE", "/{rest...}", [](Objects& objects, const FakeRequest& r, Fake& f) {
      if (r.query.contains("uploadId")) {
        return f.uploads_.erase(r.param("uploadId")) == 0 ? no_upload() : FakeAnswer{.status = 204};
      }
      objects.erase(r.parts[1]);
      return FakeAnswer{.status = 204};
    });
  }

  [[nodiscard]] Sample sample() const override {
    return {.credential = {{"key", kKey}, {"secret", kSecret}},
            .settings = {{"endpoint", std::string("https://") + kHost}, {"region", kRegion}}};
  }
  [[nodiscard]] bool is_empty() const override { return buckets_.empty() && uploads_.empty(); }
  [[nodiscard]] const std::string* stored(const std::string& bucket,
                                          const std::string& key) const override {
    const auto found = buckets_.find(bucket);
    if (found == buckets_.end() || !found->second.contains(key)) return nullptr;
    return &found->second.at(key);
  }
  [[nodiscard]] std::size_t unfinished_uploads() const override { return uploads_.size(); }
  [[nodiscard]] std::size_t count_named(const std::string& name) const override {
    return buckets_.count(name);
  }

 private:
  using Objects = std::map<std::string, std::string>;
  struct Upload {
    std::string bucket;
    std::string key;
    std::map<std::size_t, std::string> parts;
  };
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

  // ---- multipart uploads

  static FakeAnswer no_upload() {
    return error(404, "NoSuchUpload", "The specified upload does not exist.");
  }

  static std::string etag_of(const std::string& part) {
    return "\"" + hex_encode(sha256(part)).substr(0, 32) + "\"";
  }

  FakeAnswer begin_upload(const FakeRequest& r) {
    if (!r.body.empty()) return error(400, "MalformedXML", "a body");
    const std::string id = make_id("upload~");
    uploads_[id] = {.bucket = r.parts[0], .key = r.parts[1], .parts = {}};
    return {.text = "<InitiateMultipartUploadResult><Bucket>" + r.parts[0] + "</Bucket><Key>" +
                    escaped(r.parts[1]) + "</Key><UploadId>" + id +
                    "</UploadId></InitiateMultipartUploadResult>"};
  }

  Upload* find_upload(const FakeRequest& r) {
    const auto found = uploads_.find(r.param("uploadId"));
    if (found == uploads_.end() || found->second.bucket != r.parts[0] ||
        found->second.key != r.parts[1]) {
      return nullptr;
    }
    return &found->second;
  }

  FakeAnswer take_part_of_upload(const FakeRequest& r) {
    Upload* upload = find_upload(r);
    if (upload == nullptr) return no_upload();
    const auto number = r.param("partNumber").empty() ? 0 : std::stoul(r.param("partNumber"));
    if (number < 1 || number > 10'000) return error(400, "InvalidArgument", "partNumber");
    upload->parts[number] = r.body;
    return {.headers = {{"ETag", etag_of(r.body)}}};
  }

  // Part by part as named, in order; all but the last of at least 5 MiB, and (as R2 wants) equal.
  FakeAnswer complete_upload(Objects& objects, const FakeRequest& r) {
    Upload* upload = find_upload(r);
    if (upload == nullptr) return no_upload();
    std::string named;
    std::string whole;
    for (const auto& [number, part] : upload->parts) {
      named += "<Part><PartNumber>" + std::to_string(number) + "</PartNumber><ETag>" +
               etag_of(part) + "</ETag></Part>";
      const bool last = number == upload->parts.rbegin()->first;
      if (!last && part.size() < kPartBytesMin) {
        return error(400, "EntityTooSmall", "A part is smaller than allowed.");
      }
      if (!last && part.size() != upload->parts.begin()->second.size()) {
        return error(400, "InvalidPart", "All parts but the last must be of one length.");
      }
      whole += part;
    }
    const std::string wanted =
        "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + named +
        "</CompleteMultipartUpload>";
    if (named.empty() || r.body != wanted)
      return error(400, "InvalidPart", "Parts were not found.");
    objects[r.parts[1]] = whole;
    const std::string tag = "&quot;abc-" + std::to_string(upload->parts.size()) + "&quot;";
    uploads_.erase(r.param("uploadId"));
    return {.text =
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n  \n<CompleteMultipartUploadResult>"
                "<Key>" +
                escaped(r.parts[1]) + "</Key><ETag>" + tag +
                "</ETag></CompleteMultipartUploadResult>"};
  }

  FakeAnswer list_uploads(const FakeRequest& r) {
    std::string xml = "<ListMultipartUploadsResult>";
    for (const auto& [id, upload] : uploads_) {
      if (upload.bucket != r.parts[0] || !upload.key.starts_with(r.param("prefix"))) continue;
      xml +=
          "<Upload><Key>" + escaped(upload.key) + "</Key><UploadId>" + id + "</UploadId></Upload>";
    }
    return {.text = xml + "<IsTruncated>false</IsTruncated></ListMultipartUploadsResult>"};
  }

  std::map<std::string, Objects> buckets_;
  std::map<std::string, Upload> uploads_;
};

}  // namespace

std::unique_ptr<FakeProvider> make() { return std::make_unique<Fake>(); }

}  // namespace a67::fakes::s3
