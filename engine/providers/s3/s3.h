// What the two files of this adapter share: signed requests and their answers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/providers/api.h"
#include "engine/providers/s3/xml.h"

namespace a67::s3 {

// Larger blobs go in parts of this size; more where 10,000 parts would not do. S3 wants at least
// 5 MiB for all but the last (docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html), and R2
// wants them equal.
inline constexpr std::uint64_t kPartBytes = std::uint64_t{8} << 20;
inline constexpr std::uint64_t kPartsMax = 10'000;

// Error: kInvalidInput without an address of the service.
Result<ApiRequest> request_to(Api* api, std::string method, std::string path);
std::string object_path(const Json& input);
// Errors are in our words: what S3 says with 403 may be a wrong key or a wrong clock.
Task<Result<ApiAnswer>> ask(Api* api, Result<ApiRequest> request);
Task<Result<XmlElement>> ask_xml(Api* api, Result<ApiRequest> request, std::string_view root);
Task<Result<std::int64_t>> size_of(Api* api, std::string path);
std::string without_quotes(std::string text);

// A large blob of known size. REQUIRES: blob_size(input) > 0.
Task<Result<Json>> put_in_parts(Api* api, Json input);

}  // namespace a67::s3
