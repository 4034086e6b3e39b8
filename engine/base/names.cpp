#include "engine/base/names.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "engine/base/encoding.h"

namespace a67 {
namespace {

constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return is_lower(c) || is_upper(c); }
constexpr char to_lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
// Visible ASCII: no space, no control character.
constexpr bool is_visible(char c) { return c > ' ' && c < '\x7f'; }
constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }

template <class Predicate>
bool all_are(std::string_view text, Predicate predicate) {
  return std::ranges::all_of(text, predicate);
}

// Calls `check` with each part between separators until it returns true; true if any did.
template <class Check>
bool any_part(std::string_view text, char separator, Check check) {
  for (;;) {
    const std::size_t end = text.find(separator);
    if (check(text.substr(0, end))) return true;
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
}

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5 || !all_are(text, is_digit)) return false;
  int port = 0;
  for (const char c : text) port = port * 10 + (c - '0');
  return port >= 1 && port <= 65'535;
}

// host, host:port or [IPv6]:port
bool is_authority(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    const auto address = text.substr(1, end - 1);
    const auto is_address = [](char c) {
      const char low = to_lower(c);
      return is_digit(c) || (low >= 'a' && low <= 'f') || c == ':' || c == '.';
    };
    if (!all_are(address, is_address) || !address.contains(':')) return false;
    text.remove_prefix(end + 1);
    if (text.empty()) return true;
    if (!text.starts_with(':')) return false;
    return is_port(text.substr(1));
  }
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    if (!is_port(text.substr(colon + 1))) return false;
    text = text.substr(0, colon);
  }
  std::string host(text);
  std::ranges::transform(host, host.begin(), to_lower);
  return !host_fault(host);
}

struct UrlParts {
  std::string_view scheme;
  std::string_view user = {};
  std::string_view authority = {};
  std::string_view rest = {};
};

std::optional<UrlParts> split_url(std::string_view text) {
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return std::nullopt;
  UrlParts parts{.scheme = text.substr(0, scheme_end)};
  text.remove_prefix(scheme_end + 3);
  const std::size_t authority_end = std::min(text.find_first_of("/?#"), text.size());
  parts.authority = text.substr(0, authority_end);
  parts.rest = text.substr(authority_end);
  const std::size_t at = parts.authority.rfind('@');
  if (at != std::string_view::npos) {
    parts.user = parts.authority.substr(0, at);
    parts.authority.remove_prefix(at + 1);
  }
  return parts;
}

// git@github.com:owner/repository
bool is_scp_address(std::string_view text) {
  const std::size_t at = text.find('@');
  const std::size_t colon = text.find(':');
  if (at == std::string_view::npos || colon == std::string_view::npos || at > colon) return false;
  const auto is_user = [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_'; };
  return at > 0 && all_are(text.substr(0, at), is_user) && colon + 1 < text.size() &&
         is_authority(text.substr(at + 1, colon - at - 1));
}

}  // namespace

Fault app_name_fault(std::string_view text) {
  if (text.empty()) return "must not be empty";
  if (text.size() > kAppNameMax) return "must have at most 40 characters";
  if (!is_lower(text.front())) return "must start with a lower-case letter";
  if (!all_are(text, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; })) {
    return "must consist of lower-case letters, digits and hyphens";
  }
  if (text.back() == '-') return "must not end with a hyphen";
  return std::nullopt;
}

Fault env_name_fault(std::string_view text) {
  if (text.empty()) return "must not be empty";
  if (text.size() > kEnvNameMax) return "must have at most 256 characters";
  if (is_digit(text.front())) return "must not start with a digit";
  if (!all_are(text, [](char c) { return is_letter(c) || is_digit(c) || c == '_'; })) {
    return "must consist of letters, digits and underscores";
  }
  return std::nullopt;
}

Fault host_fault(std::string_view text) {
  if (text.empty()) return "must not be empty";
  if (text.size() > kHostMax) return "must have at most 253 characters";
  if (text.contains("://")) return "must be a host name only, without http://";
  if (text.contains('/')) return "must be a host name only, without a path";
  if (text.contains(':')) return "must be a host name only, without a port";
  if (!all_are(text, [](char c) { return is_lower(c) || is_digit(c) || c == '-' || c == '.'; })) {
    return "must consist of lower-case letters, digits, hyphens and dots";
  }
  const auto is_wrong = [](std::string_view label) {
    return label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-';
  };
  if (any_part(text, '.', is_wrong)) {
    return "must have parts of 1 to 63 characters that do not start or end with a hyphen";
  }
  return std::nullopt;
}

Fault path_fault(std::string_view text) {
  if (!text.starts_with('/')) return "must start with '/'";
  if (!all_are(text, is_visible))
    return "must not contain spaces or special characters; encode them as %20 and so on";
  if (text.contains('#')) return "must not contain '#'";
  return std::nullopt;
}

Fault path_or_empty_fault(std::string_view text) {
  return text.empty() ? std::nullopt : path_fault(text);
}

Fault relative_path_fault(std::string_view text) {
  if (text.empty()) return "must not be empty";
  if (text.starts_with('/')) return "must be relative, so must not start with '/'";
  if (text.contains('\\')) return "must use '/' between folders, not a backslash";
  if (!is_utf8(text) || std::ranges::any_of(text, is_control)) {
    return "must not contain control characters";
  }
  if (any_part(text, '/', [](std::string_view part) { return part == ".."; })) {
    return "must stay inside the app's folder, so must not contain '..'";
  }
  return std::nullopt;
}

Fault git_url_fault(std::string_view text) {
  constexpr std::array<std::string_view, 5> kSchemes = {"https", "http", "ssh", "git", "file"};
  if (text.empty()) return "must not be empty";
  if (text.starts_with('-')) return "must not start with '-'";
  if (!all_are(text, is_visible)) return "must not contain spaces or special characters";
  if (is_scp_address(text)) return std::nullopt;
  const auto parts = split_url(text);
  if (!parts || std::ranges::find(kSchemes, parts->scheme) == kSchemes.end()) {
    return "must be a Git address such as https://github.com/owner/repository";
  }
  if (parts->user.contains(':')) {
    return "must not contain a password; use a repository that can be read without one";
  }
  if (parts->user.starts_with('-') || (parts->authority.empty() && !parts->user.empty())) {
    return "must not start its user or host with '-'";
  }
  if (parts->scheme == "file") {
    if (!parts->authority.empty() || parts->rest.size() < 2) return "must be file:///folder";
    return std::nullopt;
  }
  if (!is_authority(parts->authority)) return "must name a host, and a port from 1 to 65535 if any";
  if (parts->rest.size() < 2 || parts->rest.front() != '/')
    return "must name a repository on the host";
  if (parts->rest.contains('#'))
    return "must not contain '#'; give the branch, tag or commit as ref";
  return std::nullopt;
}

Fault git_ref_fault(std::string_view text) {
  if (text.empty()) return "must not be empty";
  if (text.starts_with('-')) return "must not start with '-'";
  if (text == "@" || text.contains("..") || text.contains("@{") ||
      std::ranges::any_of(text, [](char c) {
        return is_control(c) || std::string_view(" ~^:?*[\\").contains(c);
      })) {
    return "must be a branch, tag or commit; spaces and ~ ^ : ? * [ \\ .. @{ are not allowed in "
           "one";
  }
  const auto is_wrong = [](std::string_view part) {
    return part.empty() || part.starts_with('.') || part.ends_with(".lock");
  };
  if (text.ends_with('.') || any_part(text, '/', is_wrong)) {
    return "must be a branch, tag or commit; no part of one may be empty, start with '.', or end "
           "with '.' or '.lock'";
  }
  return std::nullopt;
}

Fault http_url_fault(std::string_view text) {
  if (!all_are(text, is_visible)) return "must not contain spaces or special characters";
  const auto parts = split_url(text);
  if (!parts || (parts->scheme != "http" && parts->scheme != "https")) {
    return "must start with http:// or https://";
  }
  if (!parts->user.empty() || text.contains('@')) return "must not contain a user or password";
  if (!is_authority(parts->authority)) return "must name a host, and a port from 1 to 65535 if any";
  if (parts->rest.contains('#')) return "must not contain '#'";
  return std::nullopt;
}

Fault hex_fault(std::string_view text) {
  if (text.empty()) return "must not be empty";
  if (!all_are(text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); })) {
    return "must consist of the hex digits 0-9 and a-f";
  }
  return std::nullopt;
}

Fault secret_name_fault(std::string_view text) {
  if (text.empty()) return "must not be empty";
  if (!all_are(text, [](char c) {
        return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
      })) {
    return "must consist of letters, digits, '.', '_' and '-'";
  }
  if (text.front() == '.' || text.front() == '-') return "must start with a letter, digit or '_'";
  return std::nullopt;
}

Fault history_entity_fault(std::string_view text) {
  constexpr std::string_view kApp = "app/";
  constexpr std::string_view kSecret = "secret/";
  if (text == "settings") return std::nullopt;
  if (text.starts_with(kApp)) return app_name_fault(text.substr(kApp.size()));
  if (text.starts_with(kSecret)) return secret_name_fault(text.substr(kSecret.size()));
  return "must be `settings`, `app/<name>` or `secret/<name>`";
}

Fault name_fault(std::string_view format, std::string_view text) {
  constexpr std::array<std::pair<std::string_view, Fault (*)(std::string_view)>, 12> kChecks = {{
      {"app-name", app_name_fault},
      {"env-name", env_name_fault},
      {"host", host_fault},
      {"path", path_fault},
      {"path-or-empty", path_or_empty_fault},
      {"relative-path", relative_path_fault},
      {"git-url", git_url_fault},
      {"git-ref", git_ref_fault},
      {"http-url", http_url_fault},
      {"hex", hex_fault},
      {"secret-name", secret_name_fault},
      {"history-entity", history_entity_fault},
  }};
  for (const auto& [name, check] : kChecks) {
    if (name == format) return check(text);
  }
  return "has the format '" + std::string(format) + "', which nobody knows how to check";
}

std::string suggest_app_name(std::string_view name) {
  while (name.ends_with('/')) name.remove_suffix(1);
  name.remove_prefix(std::min(name.find_last_of("/\\:") + 1, name.size()));
  for (const std::string_view ending : {".tar.gz", ".tgz", ".zip", ".git"}) {
    if (name.size() > ending.size() && name.ends_with(ending)) {
      name.remove_suffix(ending.size());
      break;
    }
  }
  std::string result;
  for (const char c : name) {
    if (result.size() == kAppNameMax) break;
    if (is_letter(c) || is_digit(c)) {
      if (result.empty() && is_digit(c)) result = "app-";
      result += to_lower(c);
    } else if (!result.empty() && result.back() != '-') {
      result += '-';
    }
  }
  while (result.ends_with('-')) result.pop_back();
  return result.empty() ? "app" : result;
}

namespace {

constexpr std::size_t kNearestLengthMax = 64;

// Letters wrong, missing, too many, or two neighbours swapped (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = to_lower(a[i - 1]) == to_lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && to_lower(a[i - 1]) == to_lower(b[j - 2]) &&
          to_lower(a[i - 2]) == to_lower(b[j - 1])) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> choices) {
  if (word.empty() || word.size() > kNearestLengthMax) return std::nullopt;
  std::optional<std::string_view> found;
  std::size_t found_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string_view choice : choices) {
    if (choice.size() > kNearestLengthMax) continue;
    const std::size_t letters = distance(word, choice);
    if (letters < found_distance) {
      found = choice;
      found_distance = letters;
    }
  }
  return found;
}

}  // namespace a67
