// The rules for names a person gives: apps, environment variables, hosts, paths, Git addresses.
//
// Each check returns nothing when the text is fine, else what is wrong as the end of a sentence
// that starts with the field's name: "must start with a lower-case letter". Pure and bounded;
// lengths beyond those given here are the contract's business.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace a67 {

inline constexpr std::size_t kAppNameMax = 40;
inline constexpr std::size_t kHostMax = 253;
inline constexpr std::size_t kEnvNameMax = 256;

using Fault = std::optional<std::string>;

// Lower-case letters, digits, hyphens; 1..40, starts with a letter, does not end with a hyphen.
Fault app_name_fault(std::string_view text);
// [A-Za-z_][A-Za-z0-9_]*, at most 256.
Fault env_name_fault(std::string_view text);
// A DNS name in lower case, without port and dot at the end.
Fault host_fault(std::string_view text);
// An absolute URL path, with or without a query: printable ASCII, starts with '/'.
Fault path_fault(std::string_view text);
// Likewise, or nothing at all.
Fault path_or_empty_fault(std::string_view text);
// A path inside a folder: UTF-8, '/' between parts, no way out of the folder.
Fault relative_path_fault(std::string_view text);
// https, http, ssh, git or file URL, or user@host:path; no password, nothing Git could take for an
// option.
Fault git_url_fault(std::string_view text);
// As `git check-ref-format --allow-onelevel`, and not starting with '-'.
Fault git_ref_fault(std::string_view text);
// http or https, a host, maybe a port and a path; no user, no fragment.
Fault http_url_fault(std::string_view text);
// Lower-case hex digits.
Fault hex_fault(std::string_view text);
// Letters, digits, '.', '_', '-'; does not start with a dot or hyphen.
Fault secret_name_fault(std::string_view text);
// `settings`, `app/<app name>` or `secret/<secret name>`: what has a history for people.
Fault history_entity_fault(std::string_view text);

// The check of a `format` or `keyFormat` of contract.json, e.g. "app-name". A format that does not
// exist is a fault.
Fault name_fault(std::string_view format, std::string_view text);

// A valid app name for what a folder, an archive or a repository is called: "My App!.tar.gz" ->
// "my-app".
std::string suggest_app_name(std::string_view name);

// The choice a person most likely meant: at most a third of the letters wrong or swapped, case
// aside.
std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> choices);

}  // namespace a67
