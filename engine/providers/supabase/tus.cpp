// Resumable uploads by TUS 1.0.0 (tus.io/protocols/resumable-upload): the server says how many
// bytes it has, and the rest is sent from there. The object is there when the last byte is.
#include <charconv>
#include <optional>
#include <utility>

#include "engine/providers/authorize.h"
#include "engine/providers/content.h"
#include "engine/providers/supabase/parts.h"

namespace a67::supabase {
namespace {

constexpr std::string_view kUploads = "/storage/v1/upload/resumable";
constexpr int kStallsMax = 5;  // in a row, without a byte more
constexpr int kBeginningsMax = 3;
constexpr Duration kStallWait{2'000};

std::string metadata_of(const Json& input) {
  const auto pair = [](std::string_view name, const std::string& value) {
    return std::string(name) + " " + base64_encode(value);
  };
  return pair("bucketName", string_or(input, "bucket")) + "," +
         pair("objectName", string_or(input, "key")) + "," +
         pair("contentType", string_or(input, "type", "application/octet-stream"));
}

// What one more look at the server can mend.
bool may_go_on(ErrorCode code) {
  switch (code) {
    case ErrorCode::kOutcomeUnknown:
    case ErrorCode::kTimeout:
    case ErrorCode::kUnreachable:
    case ErrorCode::kConflict:  // another offset, or still locked by the broken connection
      return true;
    default:
      return false;
  }
}

class Upload {
 public:
  Upload(Api* api, Json input) : api_(api), input_(std::move(input)) {}

  Task<Result<Json>> run() {
    for (int beginning = 1;; ++beginning) {  // bounded by kBeginningsMax
      auto begun = co_await begin();
      if (begun) begun = co_await send_all();
      if (begun) co_return Json{{"object", whole_object(input_, size_)}};
      // Forgotten by the server: as it forgets what is done, the last bytes may have arrived. The
      // whole again under the same key is right in either case.
      if (gone_ && beginning < kBeginningsMax) continue;
      if (!id_.empty() && !gone_) co_await forget();
      co_return std::unexpected(std::move(begun.error()));
    }
  }

 private:
  [[nodiscard]] ApiRequest request(std::string method) const {
    ApiRequest made{.method = std::move(method), .path = std::string(kUploads)};
    if (!id_.empty()) made.path += "/" + id_;
    made.headers = {{"Tus-Resumable", "1.0.0"}};
    made.answer = Answer::kText;
    return made;
  }

  Task<Result<void>> begin() {
    id_.clear();
    offset_ = 0;
    gone_ = false;
    ApiRequest made = request("POST");
    made.headers.insert(made.headers.end(), {{"Upload-Length", std::to_string(size_)},
                                             {"Upload-Metadata", metadata_of(input_)},
                                             {"x-upsert", "true"}});
    made.repeat = Repeat::kSafe;  // an upload without a byte is no object, and ends by itself
    auto answer = co_await ask(api_, std::move(made));
    if (!answer) co_return std::unexpected(answer.error());
    // Only its last part: the key goes to no other address, whatever is said here.
    const std::string location = answer->header("location");
    id_ = location.substr(location.rfind('/') + 1);
    if (location.find(kUploads) == std::string::npos || id_.empty() || id_ == "resumable") {
      co_return fail(ErrorCode::kInternal, "Supabase did not say where the upload goes.",
                     "Is a proxy of this network in between?");
    }
    co_return Result<void>{};
  }

  Task<Result<void>> send_all() {
    int stalls = 0;
    while (offset_ < size_) {  // each turn sends more, or is one of kStallsMax
      const std::uint64_t before = offset_;
      auto sent = co_await send_chunk();
      if (!sent && !may_go_on(sent.error().code)) co_return sent;
      if (!sent) {
        co_await api_->sleep(kStallWait);
        if (auto known = co_await look(); !known && !may_go_on(known.error().code)) co_return known;
      }
      stalls = offset_ > before ? 0 : stalls + 1;
      if (stalls == kStallsMax) {
        co_return sent ? fail(ErrorCode::kInternal, "Supabase takes no more of the upload.") : sent;
      }
    }
    co_return Result<void>{};
  }

  Task<Result<void>> send_chunk() {
    ApiRequest made = request("PATCH");
    set_piece(made, input_, {.from = offset_, .bytes = kUploadChunkBytes, .of = size_});
    made.content_type = "application/offset+octet-stream";
    made.headers.emplace_back("Upload-Offset", std::to_string(offset_));
    made.repeat = Repeat::kNever;
    co_return take_offset(co_await ask(api_, std::move(made)));
  }

  Task<Result<void>> look() { co_return take_offset(co_await ask(api_, request("HEAD"))); }

  Result<void> take_offset(const Result<ApiAnswer>& answer) {
    if (!answer) {
      gone_ = answer.error().code == ErrorCode::kNotFound;
      return std::unexpected(answer.error());
    }
    const std::string text = answer->header("upload-offset");
    std::uint64_t offset = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), offset);
    if (fault != std::errc{} || end != text.data() + text.size() || offset > size_) {
      return fail(ErrorCode::kInternal, "Supabase did not say how much of the upload it has.",
                  "Is a proxy of this network in between?");
    }
    offset_ = offset;
    return {};
  }

  Task<void> forget() { co_await ask(api_, request("DELETE")); }

  Api* api_;
  Json input_;
  std::uint64_t size_ = blob_size(input_);
  std::string id_;
  std::uint64_t offset_ = 0;
  bool gone_ = false;
};

}  // namespace

Task<Result<Json>> put_resumably(Api* api, Json input) {
  Upload upload(api, std::move(input));
  co_return co_await upload.run();
}

}  // namespace a67::supabase
