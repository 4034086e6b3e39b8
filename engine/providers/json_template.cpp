#include "engine/providers/json_template.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "engine/base/encoding.h"

namespace a67 {
namespace {

const Json* find_value(const TemplateValues& values, std::string_view name) {
  for (const auto& [key, value] : values) {
    if (key == name) return &value;
  }
  return nullptr;
}

// False: the hole has no value, so what holds it is left out.
bool fill_holes(Json& node, const TemplateValues& values) {
  if (node.is_string()) {
    const auto& text = node.get_ref<const std::string&>();
    if (!text.starts_with('$')) return true;
    const Json* value = find_value(values, std::string_view(text).substr(1));
    assert(value != nullptr && "the template has a hole nobody named");
    if (value == nullptr || value->is_null()) return false;
    node = Json(*value);
    return true;
  }
  if (node.is_array()) {
    Json filled = Json::array();
    for (Json& item : node) {
      if (fill_holes(item, values)) filled.push_back(std::move(item));
    }
    node = std::move(filled);
  } else if (node.is_object()) {
    Json filled = Json::object();
    for (auto& [key, member] : node.items()) {
      if (!fill_holes(member, values)) continue;
      const bool optional = key.ends_with('?');
      if (optional && member.empty()) continue;
      filled[optional ? key.substr(0, key.size() - 1) : key] = std::move(member);
    }
    node = std::move(filled);
  }
  return true;
}

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

std::string as_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_number() || value.is_boolean() ? value.dump() : std::string();
}

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int value = 0;
  const char* end = text.data() + at + count;
  const auto [stop, error] = std::from_chars(text.data() + at, end, value);
  if (error != std::errc{} || stop != end || value < 0) return std::nullopt;
  return value;
}

// The milliseconds of what follows the seconds, and where the zone begins.
std::pair<std::int64_t, std::size_t> read_fraction(std::string_view text, std::size_t at) {
  if (at >= text.size() || text[at] != '.') return {0, at};
  std::int64_t ms = 0;
  std::int64_t scale = 100;
  for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
    ms += (text[at] - '0') * scale;
    scale /= 10;
  }
  return {ms, at};
}

// Minutes east of UTC; nothing when it is no zone.
std::optional<std::int64_t> read_zone(std::string_view zone) {
  if (zone.empty() || zone == "Z" || zone == "z") return 0;
  const auto hours = digits(zone, 1, 2);
  const auto minutes = digits(zone, zone.size() - 2, 2);
  if ((zone[0] != '+' && zone[0] != '-') || !hours || !minutes) return std::nullopt;
  const std::int64_t east = (*hours * 60) + *minutes;
  return zone[0] == '+' ? east : -east;
}

}  // namespace

Json fill(std::string_view text, TemplateValues values) {
  Json document = Json::parse(text, nullptr, false);
  assert(!document.is_discarded() && "a request template is no JSON");
  fill_holes(document, values);
  return document;
}

std::string percent_encode(std::string_view text, bool keep_slash) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c) || (keep_slash && c == '/')) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    }
  }
  return out;
}

std::string fill_path(std::string_view path, TemplateValues values) {
  std::string out;
  for (std::size_t at = 0; at < path.size();) {
    if (path[at] != '{') {
      out += path[at++];
      continue;
    }
    const auto end = path.find('}', at);
    assert(end != std::string_view::npos);
    const Json* value = find_value(values, path.substr(at + 1, end - at - 1));
    assert(value != nullptr && "the path has a part nobody named");
    if (value != nullptr) out += percent_encode(as_text(*value));
    at = end + 1;
  }
  return out;
}

const Json& at_pointer(const Json& document, std::string_view pointer) {
  static const Json kNothing;
  const Json* node = &document;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);  // the slash
    const auto end = std::min(pointer.find('/'), pointer.size());
    const std::string_view key = pointer.substr(0, end);
    pointer.remove_prefix(end);
    if (node->is_object()) {
      const auto found = node->find(key);
      if (found == node->end()) return kNothing;
      node = &*found;
    } else if (node->is_array()) {
      std::size_t index = 0;
      const auto [stop, error] = std::from_chars(key.data(), key.data() + key.size(), index);
      if (error != std::errc{} || index >= node->size()) return kNothing;
      node = &(*node)[index];
    } else {
      return kNothing;
    }
  }
  return *node;
}

std::string text_at(const Json& document, std::string_view pointer, std::string fallback) {
  const Json& value = at_pointer(document, pointer);
  if (!value.is_string() && !value.is_number()) return fallback;
  return as_text(value);
}

std::int64_t int_at(const Json& document, std::string_view pointer, std::int64_t fallback) {
  const Json& value = at_pointer(document, pointer);
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number_float()) {
    const double number = value.get<double>();
    return std::abs(number) < 9e15 ? static_cast<std::int64_t>(number) : fallback;
  }
  if (!value.is_string()) return fallback;
  const auto& text = value.get_ref<const std::string&>();
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && stop == text.data() + text.size() ? number : fallback;
}

double number_at(const Json& document, std::string_view pointer, double fallback) {
  const Json& value = at_pointer(document, pointer);
  return value.is_number() ? value.get<double>() : fallback;
}

bool bool_at(const Json& document, std::string_view pointer, bool fallback) {
  const Json& value = at_pointer(document, pointer);
  return value.is_boolean() ? value.get<bool>() : fallback;
}

const Json& list_at(const Json& document, std::string_view pointer) {
  static const Json kEmpty = Json::array();
  const Json& value = at_pointer(document, pointer);
  return value.is_array() ? value : kEmpty;
}

void put_if(Json& object, std::string_view key, Json value) {
  if (value.is_null() || (value.is_string() && value.get_ref<const std::string&>().empty())) return;
  object[std::string(key)] = std::move(value);
}

std::int64_t unix_ms_from(std::string_view text) {
  const auto year = digits(text, 0, 4);
  const auto month = digits(text, 5, 2);
  const auto day = digits(text, 8, 2);
  const auto hour = digits(text, 11, 2);
  const auto minute = digits(text, 14, 2);
  const auto second = digits(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return 0;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return 0;
  const auto [ms, zone_at] = read_fraction(text, 19);
  const auto east = read_zone(text.substr(std::min(zone_at, text.size())));
  if (!east) return 0;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return ((((((days * 24) + *hour) * 60) + *minute - *east) * 60) + *second) * 1000 + ms;
}

std::string rfc3339_from(std::int64_t unix_ms) {
  constexpr std::int64_t kDayMs = 86'400'000;
  const std::int64_t days = (unix_ms >= 0 ? unix_ms : unix_ms - kDayMs + 1) / kDayMs;
  const auto rest = static_cast<int>(unix_ms - (days * kDayMs));
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(static_cast<std::int32_t>(days)))};
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), rest / 3'600'000, rest / 60'000 % 60,
                rest / 1000 % 60, rest % 1000);
  return text.data();
}

}  // namespace a67
