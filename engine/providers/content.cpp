#include "engine/providers/content.h"

#include <algorithm>

#include "engine/base/encoding.h"

namespace a67 {
namespace {

std::string type_of(const Json& input) {
  return string_or(input, "type", "application/octet-stream");
}

}  // namespace

std::uint64_t blob_size(const Json& input) {
  return string_or(input, "blob").empty() ? 0 : static_cast<std::uint64_t>(int_or(input, "size"));
}

Result<Json> set_content(ApiRequest& request, const Json& input) {
  request.content_type = type_of(input);
  request.timeout = kTransferTimeout;
  request.blob = string_or(input, "blob");
  Json object = {{"key", input["key"]}, {"type", request.content_type}};
  if (request.blob.empty()) {
    const auto bytes = base64url_decode(string_or(input, "bytes"));
    if (!bytes) return fail(ErrorCode::kInvalidInput, "`bytes` is not base64url.", {}, "bytes");
    request.bytes.assign(bytes->begin(), bytes->end());
    object["size"] = bytes->size();
  } else if (const std::uint64_t size = blob_size(input); size > 0) {
    request.blob_part = {.from = 0, .bytes = size, .of = size};  // so the host looks whether it is
    object["size"] = size;
  }
  return object;
}

void set_piece(ApiRequest& request, const Json& input, BlobPart part) {
  part.bytes = std::min(part.bytes, part.of - part.from);
  request.blob = string_or(input, "blob");
  request.blob_part = part;
  request.content_type = "application/octet-stream";
  request.timeout = kTransferTimeout;
}

Json whole_object(const Json& input, std::uint64_t size) {
  return {{"key", input["key"]}, {"type", type_of(input)}, {"size", size}};
}

Headers range_of(const Json& input) {
  if (!input.contains("offset") && !input.contains("length")) return {};
  const auto from = int_or(input, "offset");
  const auto length = int_or(input, "length");
  std::string range = "bytes=" + std::to_string(from) + "-";
  if (length > 0) range += std::to_string(from + length - 1);
  return {{"Range", std::move(range)}};
}

}  // namespace a67
