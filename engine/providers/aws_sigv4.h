// AWS Signature Version 4 for S3 and what speaks it (B2, R2, Supabase, Neon storage), over
// HMAC-SHA-256. Pure. Source:
// docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html; tests hold it
// to the vectors published there.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/time.h"
#include "engine/ports/http.h"

namespace a67 {

struct AwsSigning {
  std::string key;
  std::string_view secret;
  std::string region;
  std::string service;
  UnixMs now = 0;
};

// Adds `x-amz-date`, `x-amz-content-sha256` and `Authorization`. Signs Host and every header the
// request has. A blob body counts as UNSIGNED-PAYLOAD (its bytes are the host's; TLS guards them).
// REQUIRES: the path and query of the URL are percent-encoded already.
void sign_aws_v4(HttpRequest& http, const AwsSigning& with);

}  // namespace a67
