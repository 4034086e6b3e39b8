#include "engine/base/http_fields.h"

#include <algorithm>

namespace a67 {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view next_item(std::string_view& list) {
  const std::size_t comma = std::min(list.find(','), list.size());
  const std::string_view item = trim(list.substr(0, comma));
  list.remove_prefix(std::min(comma + 1, list.size()));
  return item;
}

}  // namespace

bool accepts_encoding(std::string_view header, std::string_view encoding) {
  while (!header.empty()) {
    const std::string_view item = next_item(header);
    const std::size_t semicolon = std::min(item.find(';'), item.size());
    if (trim(item.substr(0, semicolon)) != encoding) continue;
    const std::string_view weight = trim(item.substr(std::min(semicolon + 1, item.size())));
    return weight != "q=0" && weight != "q=0.0" && weight != "q=0.00" && weight != "q=0.000";
  }
  return false;
}

bool has_etag(std::string_view header, std::string_view etag) {
  while (!header.empty()) {
    std::string_view item = next_item(header);
    if (item.starts_with("W/")) item.remove_prefix(2);
    if (item == etag || item == "*") return true;
  }
  return false;
}

}  // namespace a67
