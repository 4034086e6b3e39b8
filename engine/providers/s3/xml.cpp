#include "engine/providers/s3/xml.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace a67::s3 {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

bool is_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == ':' || c == '.';
  });
}

bool append_utf8(std::uint32_t code, std::string& out) {
  if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
  if (code < 0x80) {
    out += static_cast<char>(code);
    return true;
  }
  const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  constexpr std::array<std::uint32_t, 4> kLead = {0, 0xC0, 0xE0, 0xF0};
  out += static_cast<char>(kLead.at(static_cast<std::size_t>(more)) | (code >> (6 * more)));
  for (int at = more - 1; at >= 0; --at)
    out += static_cast<char>(0x80U | ((code >> (6 * at)) & 0x3FU));
  return true;
}

bool append_entity(std::string_view entity, std::string& out) {
  constexpr std::array<std::pair<std::string_view, char>, 5> kNamed = {
      {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}}};
  for (const auto& [name, c] : kNamed) {
    if (entity != name) continue;
    out += c;
    return true;
  }
  if (!entity.starts_with('#')) return false;
  const bool hex = entity.starts_with("#x");
  entity.remove_prefix(hex ? 2 : 1);
  std::uint32_t code = 0;
  const auto [stop, error] =
      std::from_chars(entity.data(), entity.data() + entity.size(), code, hex ? 16 : 10);
  return error == std::errc{} && stop == entity.data() + entity.size() && append_utf8(code, out);
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  std::optional<XmlElement> document() {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
    if (rest_.starts_with("<?xml ")) {
      const auto end = rest_.find("?>");
      if (end == std::string_view::npos) return std::nullopt;
      rest_.remove_prefix(end + 2);
    }
    skip_space();
    XmlElement root;
    if (!element(root, 0)) return std::nullopt;
    skip_space();
    if (!rest_.empty()) return std::nullopt;
    return root;
  }

 private:
  void skip_space() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(kSpace), rest_.size()));
  }

  // The inside of the tag that comes now, without its brackets.
  std::optional<std::string_view> tag() {
    if (!rest_.starts_with('<')) return std::nullopt;
    char quote = 0;
    for (std::size_t at = 1; at < rest_.size(); ++at) {
      const char c = rest_[at];
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '<') {
        return std::nullopt;
      } else if (c == '>') {
        const std::string_view inside = rest_.substr(1, at - 1);
        rest_.remove_prefix(at + 1);
        return inside;
      }
    }
    return std::nullopt;
  }

  bool element(XmlElement& into, int depth) {  // NOLINT(misc-no-recursion): depth is bounded
    if (depth > kXmlDepthMax) return false;
    auto open = tag();
    if (!open) return false;
    const bool closed = open->ends_with('/');
    if (closed) open->remove_suffix(1);
    into.name = std::string(open->substr(0, open->find_first_of(kSpace)));
    if (!is_name(into.name)) return false;
    if (closed) return true;
    while (!rest_.starts_with("</")) {
      if (rest_.empty()) return false;
      if (rest_.starts_with('<')) {
        if (!element(into.children.emplace_back(), depth + 1)) return false;
      } else if (!text(into.text)) {
        return false;
      }
    }
    auto close = tag();
    if (!close) return false;
    close->remove_prefix(1);
    return close->substr(0, close->find_first_of(kSpace)) == into.name;
  }

  bool text(std::string& out) {
    std::string_view part = rest_.substr(0, rest_.find('<'));
    rest_.remove_prefix(part.size());
    while (!part.empty()) {
      const auto entity = std::min(part.find('&'), part.size());
      out += part.substr(0, entity);
      part.remove_prefix(entity);
      if (part.empty()) break;
      const auto end = part.find(';');
      if (end == std::string_view::npos || !append_entity(part.substr(1, end - 1), out))
        return false;
      part.remove_prefix(end + 1);
    }
    return true;
  }

  std::string_view rest_;
};

}  // namespace

const XmlElement* XmlElement::child(std::string_view wanted) const {
  const auto found = std::ranges::find(children, wanted, &XmlElement::name);
  return found == children.end() ? nullptr : &*found;
}

std::string XmlElement::child_text(std::string_view wanted) const {
  const XmlElement* found = child(wanted);
  return found == nullptr ? std::string() : found->text;
}

std::optional<XmlElement> parse_xml(std::string_view text) { return Reader(text).document(); }

}  // namespace a67::s3
