#include "cli/claim_link.h"

#include <string>

#include "engine/base/encoding.h"

namespace a67::cli {
namespace {

constexpr std::size_t kClaimsMax = 100;

std::unexpected<Error> unusable() {
  return fail(ErrorCode::kInvalidInput, "The claim link is not complete.",
              "Copy the whole link, up to its end, and put it in quotes.", "url");
}

}  // namespace

Result<Json> read_claim_link(std::string_view link) {
  const std::size_t mark = link.find(kClaimMark);
  if (mark == std::string_view::npos) return unusable();
  const auto bytes = base64url_decode(link.substr(mark + kClaimMark.size()));
  if (!bytes) return unusable();
  const auto claims = parse_json(std::string(bytes->begin(), bytes->end()));
  if (!claims || !claims->is_array() || claims->empty() || claims->size() > kClaimsMax) {
    return unusable();
  }
  Json bodies = Json::array();
  for (const Json& claim : *claims) {
    bodies.push_back({{"url", string_or(claim, "url")}, {"code", string_or(claim, "code")}});
  }
  return bodies;
}

}  // namespace a67::cli
