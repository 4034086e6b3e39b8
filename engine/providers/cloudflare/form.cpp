#include "engine/providers/cloudflare/form.h"

#include <algorithm>

namespace a67::cloudflare {

void set_form(ApiRequest& request, const std::vector<FormPart>& parts) {
  // A text that is within no part.
  std::string boundary = "a67-part";
  const auto within = [&](const FormPart& part) { return part.content.contains(boundary); };
  for (int number = 0; std::ranges::any_of(parts, within); ++number) {
    boundary = "a67-part-" + std::to_string(number);
  }
  request.content_type = "multipart/form-data; boundary=" + boundary;
  request.bytes.clear();
  for (const FormPart& part : parts) {
    request.bytes +=
        "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + part.name + "\"";
    if (!part.filename.empty()) request.bytes += "; filename=\"" + part.filename + "\"";
    if (!part.type.empty()) request.bytes += "\r\nContent-Type: " + part.type;
    request.bytes += "\r\n\r\n" + part.content + "\r\n";
  }
  request.bytes += "--" + boundary + "--\r\n";
}

}  // namespace a67::cloudflare
