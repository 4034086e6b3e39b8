// A multipart form (RFC 7578) as a request's body.
#pragma once

#include <string>
#include <vector>

#include "engine/providers/api_request.h"

namespace a67::cloudflare {

struct FormPart {
  std::string name;
  std::string content;
  std::string type = {};      // of a file
  std::string filename = {};  // empty: a plain field
};

void set_form(ApiRequest& request, const std::vector<FormPart>& parts);

}  // namespace a67::cloudflare
