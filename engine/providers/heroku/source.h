// Where a build at Heroku takes its files from: a gzipped tar behind an address. kinds: git (the
// archive that GitHub and GitLab make of a branch), archive (an address, or bytes that are uploaded
// to the place Heroku gives for it).
#pragma once

#include <string>

#include "engine/providers/api.h"

namespace a67::heroku {

inline constexpr std::string_view kSourcesOrigin = "https://s3-external-1.amazonaws.com";

// The address a build can fetch; empty when bytes are to be uploaded first. kInvalidInput: a source
// Heroku cannot build. Pure.
Result<std::string> tarball_of(const Json& source);

// The upload that an address of POST /sources asks for. kInternal when it is not where Heroku keeps
// sources: nothing is sent to a host that is not known. Pure.
Result<ApiRequest> upload_to(const std::string& put_url, const std::string& blob);

// {"url": ...} for `source_blob`, uploaded if need be.
Task<Result<Json>> source_blob(Api* api, Json source);

}  // namespace a67::heroku
