// A ZIP archive whose files are stored as they are (APPNOTE 6.3.10, method 0): what Netlify takes
// as a whole site in one request. Pure; the same files give the same bytes.
#pragma once

#include <string>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace a67::netlify {

// `files` as in site.deploy: path, and text or bytes in base64url. Errors: kInvalidInput, for a
// path that leaves the archive, bytes that are no base64url, or more than 4 GiB or 65,535 files.
Result<std::string> stored_zip(const Json& files);

}  // namespace a67::netlify
