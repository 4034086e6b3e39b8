// Distinct types for identifiers, so that a NodeId can never be passed as a ReplicaId.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <utility>

namespace a67 {

template <class Tag>
struct Id {
  std::string value;

  Id() = default;
  explicit Id(std::string text) : value(std::move(text)) {}
  [[nodiscard]] bool empty() const { return value.empty(); }
  auto operator<=>(const Id&) const = default;
};

using NodeId = Id<struct NodeTag>;
using ReplicaId = Id<struct ReplicaTag>;
using ReleaseId = Id<struct ReleaseTag>;
using DeploymentId = Id<struct DeploymentTag>;

}  // namespace a67

template <class Tag>
struct std::hash<a67::Id<Tag>> {
  std::size_t operator()(const a67::Id<Tag>& id) const {
    return std::hash<std::string>{}(id.value);
  }
};
