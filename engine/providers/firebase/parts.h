// What this adapter's files share. Firebase has two document databases: Firestore, and the older
// Realtime Database. An operation names which by `database` (else the setting of that name): a name
// is one of Firestore ("(default)"), an address a Realtime Database ("https://x.firebaseio.com").
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/providers/api.h"

namespace a67::firebase {

inline constexpr std::int64_t kDocumentsMax = 10'000;
inline constexpr std::size_t kQueryBytesMax = std::size_t{16} << 20;

// Carries the request out; answers an empty object.
Task<Result<Json>> act(Api* api, ApiRequest request);
std::string database_of(const Api& api, const Json& input);

namespace firestore {
Task<Result<Json>> put(Api* api, Json input);
Task<Result<Json>> get(Api* api, Json input);
Task<Result<Json>> query(Api* api, Json input);
Task<Result<Json>> remove(Api* api, Json input);
}  // namespace firestore

namespace realtime {
Task<Result<Json>> put(Api* api, Json input);
Task<Result<Json>> get(Api* api, Json input);
Task<Result<Json>> query(Api* api, Json input);
Task<Result<Json>> remove(Api* api, Json input);
}  // namespace realtime

}  // namespace a67::firebase
