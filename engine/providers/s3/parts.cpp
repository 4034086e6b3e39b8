// Multipart upload (docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html): the object is
// there when the upload is completed, and not a byte of it before. What was begun and did not end
// is aborted, as S3 keeps and charges its parts.
#include <algorithm>
#include <utility>

#include "engine/providers/content.h"
#include "engine/providers/s3/s3.h"

namespace a67::s3 {
namespace {

constexpr int kBeginningsMax = 2;
constexpr int kCompleteAttempts = 4;
constexpr Duration kSettleTime{1'000};

bool is_unknown(const Error& error) {
  return error.code == ErrorCode::kOutcomeUnknown || error.code == ErrorCode::kTimeout;
}

class Upload {
 public:
  Upload(Api* api, Json input) : api_(api), input_(std::move(input)), path_(object_path(input_)) {}

  Task<Result<Json>> run() {
    auto sent = co_await begin();
    if (sent) sent = co_await send_parts();
    if (sent) sent = co_await complete();
    const bool ended = sent || id_.empty() || co_await abort(id_);
    const bool clean = !stray_ || co_await abort_unknown();
    if (sent) {
      Json object = whole_object(input_, size_);
      put_if(object, "etag", etag_);
      co_return Json{{"object", std::move(object)}};
    }
    if (!ended || !clean) {
      sent.error().lines.push_back("upload " + (id_.empty() ? "?" : id_) + " " +
                                   string_or(input_, "key"));
      sent.error().hint = "Parts were left behind: let the bucket abort unfinished uploads.";
    }
    co_return std::unexpected(std::move(sent.error()));
  }

 private:
  [[nodiscard]] Result<ApiRequest> request(std::string method, std::string number = {}) const {
    auto made = request_to(api_, std::move(method), path_);
    if (made) made->query = {{"partNumber", std::move(number)}, {"uploadId", id_}};
    return made;
  }

  // An upload whose beginning was not answered has a name that nobody knows: it is looked for.
  Task<Result<void>> begin() {
    auto made = request_to(api_, "POST", path_ + "?uploads=");
    if (made) made->content_type = string_or(input_, "type", "application/octet-stream");
    auto xml = co_await ask_xml(api_, made, "InitiateMultipartUploadResult");
    for (int again = 0; again < kBeginningsMax && !xml && is_unknown(xml.error()); ++again) {
      stray_ = true;
      co_await api_->sleep(kSettleTime);
      stray_ = !co_await abort_unknown();
      xml = co_await ask_xml(api_, made, "InitiateMultipartUploadResult");
    }
    if (!xml) {
      stray_ = stray_ || is_unknown(xml.error());
      co_return std::unexpected(xml.error());
    }
    id_ = xml->child_text("UploadId");
    co_return Result<void>{};
  }

  // All that are under way under this key: who writes the same object at the same moment is told.
  // False when one may still be there.
  Task<bool> abort_unknown() {
    auto xml = co_await ask_xml(
        api_,
        request_to(api_, "GET",
                   path_.substr(0, path_.find('/', 1)) +
                       "?uploads=&prefix=" + percent_encode(string_or(input_, "key"))),
        "ListMultipartUploadsResult");
    bool all = xml.has_value();
    if (!xml) co_return all;
    for (const XmlElement& one : xml->children) {
      if (one.name != "Upload" || one.child_text("Key") != string_or(input_, "key")) continue;
      if (!co_await abort(one.child_text("UploadId"))) all = false;
    }
    co_return all;
  }

  Task<bool> abort(std::string id) {
    auto made = request_to(api_, "DELETE", path_);
    if (made) {
      made->query = {{"uploadId", std::move(id)}};
      made->expected = {404};
    }
    auto answer = co_await ask(api_, std::move(made));
    co_return answer.has_value();
  }

  Task<Result<void>> send_parts() {
    constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
    const std::uint64_t least = (size_ + kPartsMax - 1) / kPartsMax;
    const std::uint64_t bytes = std::max(kPartBytes, (least + kMiB - 1) / kMiB * kMiB);
    for (std::uint64_t from = 0; from < size_; from += bytes) {
      const std::string number = std::to_string(from / bytes + 1);
      auto made = request("PUT", number);
      if (made) set_piece(*made, input_, {.from = from, .bytes = bytes, .of = size_});
      auto answer = co_await ask(api_, std::move(made));
      if (!answer) co_return std::unexpected(answer.error());
      const std::string etag = without_quotes(answer->header("etag"));
      if (etag.empty()) {
        co_return fail(ErrorCode::kForbidden, "The bucket does not show pages an object's ETag.",
                       "Add `ETag` to the exposed headers of the bucket's CORS rules.");
      }
      parts_ += "<Part><PartNumber>" + number + "</PartNumber><ETag>\"" + etag + "\"</ETag></Part>";
    }
    co_return Result<void>{};
  }

  // Once it is completed S3 no longer knows the upload: after a lost answer, 404 is the good news.
  Task<Result<void>> complete() {
    bool lost = false;
    for (int attempt = 1;; ++attempt) {  // bounded by kCompleteAttempts
      auto made = request("POST");
      if (made) {
        made->bytes =
            "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + parts_ +
            "</CompleteMultipartUpload>";
        made->content_type = "application/xml";
        made->timeout = kTransferTimeout;
      }
      // Says 200 and an error in its text when putting together failed.
      auto xml = co_await ask_xml(api_, std::move(made), "CompleteMultipartUploadResult");
      if (xml) {
        etag_ = without_quotes(xml->child_text("ETag"));
        co_return Result<void>{};
      }
      Error error = std::move(xml.error());
      if (lost && error.code == ErrorCode::kNotFound) {
        auto there = co_await size_of(api_, path_);
        if (there && static_cast<std::uint64_t>(*there) == size_) co_return Result<void>{};
      }
      if (!is_unknown(error) || attempt == kCompleteAttempts) {
        co_return std::unexpected(std::move(error));
      }
      lost = true;
      co_await api_->sleep(kSettleTime);
    }
  }

  Api* api_;
  Json input_;
  std::string path_;
  std::uint64_t size_ = blob_size(input_);
  std::string id_;
  std::string parts_;
  std::string etag_;
  bool stray_ = false;  // an upload of ours may be there whose name is unknown
};

}  // namespace

Task<Result<Json>> put_in_parts(Api* api, Json input) {
  Upload upload(api, std::move(input));
  co_return co_await upload.run();
}

}  // namespace a67::s3
