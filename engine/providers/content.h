// What object.put is given (`bytes`, or a blob of the host's), as the body of a request. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/providers/api_request.h"

namespace a67 {

inline constexpr Duration kTransferTimeout{300'000};

// How many bytes the host's blob has, as the caller says; 0 when there is none or nobody said.
std::uint64_t blob_size(const Json& input);

// Puts body, content type and time on the request. The answer begins what object.put answers: key,
// type and, where it is known, size. Error: kInvalidInput.
Result<Json> set_content(ApiRequest& request, const Json& input);

// `from` up to `bytes` of a blob that has `of` bytes: the piece itself may be shorter, at the end.
void set_piece(ApiRequest& request, const Json& input, BlobPart part);

// The object whole, as the caller of object.put is told.
Json whole_object(const Json& input, std::uint64_t size);

// object.get's offset and length, as a Range (RFC 9110, 14.2); nothing when all is wanted.
Headers range_of(const Json& input);

}  // namespace a67
