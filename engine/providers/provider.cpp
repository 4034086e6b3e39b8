#include "engine/providers/provider.h"

#include <algorithm>

namespace a67 {

std::string_view to_string(Capability capability) {
  switch (capability) {
    case Capability::kComputeImage:
      return "compute.image";
    case Capability::kComputeGit:
      return "compute.git";
    case Capability::kComputeUpload:
      return "compute.upload";
    case Capability::kStaticUpload:
      return "static.upload";
    case Capability::kEdgeFunction:
      return "edge.function";
    case Capability::kSqlHttp:
      return "sql.http";
    case Capability::kDocuments:
      return "documents";
    case Capability::kObjects:
      return "objects";
    case Capability::kLogs:
      return "logs";
    case Capability::kMetrics:
      return "metrics";
    case Capability::kUsage:
      return "usage";
    case Capability::kDomains:
      return "domains";
    case Capability::kOauth:
      return "oauth";
    case Capability::kTokens:
      return "tokens";
  }
  return "";
}

const Operation* Provider::find(std::string_view operation) const {
  const auto found = std::ranges::find(operations, operation, &Operation::name);
  return found == operations.end() ? nullptr : &*found;
}

bool Provider::can(Capability capability) const {
  return std::ranges::contains(capabilities, capability);
}

std::string_view Provider::origin(std::string_view host_key) const {
  const auto found = std::ranges::find(hosts, host_key, &ProviderHost::key);
  return found == hosts.end() ? std::string_view() : found->origin;
}

}  // namespace a67
