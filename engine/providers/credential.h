// A credential: what a person gave to act for an account, field by field ("token", or "key" and
// "secret"). It never becomes JSON, is never printed, and meets a request only in authorize().
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/sensitive.h"

namespace a67 {

class Credential {
 public:
  void put(std::string field, Sensitive<std::string> value) {
    fields_.emplace_back(std::move(field), std::move(value));
  }
  // The same, in place of what is there under that name.
  void set(const std::string& field, Sensitive<std::string> value) {
    std::erase_if(fields_, [&](const auto& one) { return one.first == field; });
    put(field, std::move(value));
  }
  [[nodiscard]] bool has(std::string_view field) const { return find(field) != nullptr; }
  // Empty when there is no such field. The view ends with the credential.
  [[nodiscard]] std::string_view expose(std::string_view field) const {
    const Sensitive<std::string>* value = find(field);
    return value == nullptr ? std::string_view() : std::string_view(value->expose());
  }
  // `text` without any of the credential's values: for what a provider said back.
  [[nodiscard]] std::string redacted(std::string text) const;

 private:
  [[nodiscard]] const Sensitive<std::string>* find(std::string_view field) const {
    const auto found =
        std::ranges::find_if(fields_, [&](const auto& one) { return one.first == field; });
    return found == fields_.end() ? nullptr : &found->second;
  }

  std::vector<std::pair<std::string, Sensitive<std::string>>> fields_;
};

}  // namespace a67
