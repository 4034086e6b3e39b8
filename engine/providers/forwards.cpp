#include "engine/providers/forwards.h"

#include <algorithm>
#include <string>

namespace a67 {
namespace {

bool is_origin(std::string_view text) {
  const auto begin = text.find("://");
  if (begin == std::string_view::npos) return false;
  const std::string_view rest = text.substr(begin + 3);
  return !rest.empty() && rest.find_first_of("/?#@\\ ") == std::string_view::npos;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Once: what a careless server behind would see.
std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool escape = text[at] == '%' && at + 2 < text.size() && hex_value(text[at + 1]) >= 0 &&
                        hex_value(text[at + 2]) >= 0;
    if (escape) {
      out += static_cast<char>(hex_value(text[at + 1]) * 16 + hex_value(text[at + 2]));
      at += 2;
    } else {
      out += text[at];
    }
  }
  return out;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_plain_path(std::string_view encoded) {
  const std::string path = percent_decoded(encoded);
  if (path.contains('\\') || std::ranges::any_of(path, is_control)) return false;
  std::string_view rest = path;
  while (!rest.empty()) {
    const std::string_view segment = rest.substr(0, rest.find('/'));
    if (segment == "." || segment == "..") return false;
    rest.remove_prefix(std::min(segment.size() + 1, rest.size()));
  }
  return true;
}

}  // namespace

bool origin_matches(std::string_view pattern, std::string_view origin) {
  if (!is_origin(origin)) return false;
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == origin;
  const std::string_view before = pattern.substr(0, star);
  const std::string_view after = pattern.substr(star + 1);
  if (origin.size() <= before.size() + after.size()) return false;
  if (!origin.starts_with(before) || !origin.ends_with(after)) return false;
  const auto label = origin.substr(before.size(), origin.size() - before.size() - after.size());
  // Dots as well: data hosts have several labels of their own (ep-x.eu-central-1.aws).
  return label.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") ==
         std::string_view::npos;
}

const Forward* find_forward(std::span<const Forward> table, std::string_view provider,
                            std::string_view url) {
  const auto host = url.find("://");
  if (host == std::string_view::npos || url.find_first_of("# ") != std::string_view::npos ||
      std::ranges::any_of(url, is_control)) {
    return nullptr;
  }
  const auto begin = url.find('/', host + 3);
  if (begin == std::string_view::npos) return nullptr;
  const std::string_view origin = url.substr(0, begin);
  std::string_view path = url.substr(begin);
  path = path.substr(0, path.find('?'));
  if (!is_plain_path(path)) return nullptr;
  const auto found = std::ranges::find_if(table, [&](const Forward& one) {
    return one.provider == provider && origin_matches(one.origin, origin) &&
           std::ranges::any_of(one.paths,
                               [&](std::string_view prefix) { return path.starts_with(prefix); });
  });
  return found == table.end() ? nullptr : &*found;
}

bool is_forwarded_header(std::string_view name) {
  return std::ranges::contains(forwarded_headers(), name) || name.starts_with("x-amz-");
}

bool is_returned_header(std::string_view name) {
  return std::ranges::contains(returned_headers(), name) || name.contains("ratelimit");
}

}  // namespace a67
