// Who may talk to the control API from where: browser origins (CORS) and host names (DNS
// rebinding). Pure.
//
// Why look at Host at all: a page can let its own name point to 127.0.0.1 and is then of the same
// origin as this node. It cannot choose the name, though, so a node answers only to IP addresses,
// localhost and names it was given.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace a67 {

// Of own names: every one. For a node that the internet reaches anyway: there is nothing that a
// page could reach through a name of its own and nobody else.
inline constexpr std::string_view kAnyHost = "*";

// `host` is the Host header: a name or literal, maybe with a port.
bool is_own_host(std::string_view host, const std::vector<std::string>& own_names);

// `host` names this machine as only its own programs can reach it.
bool is_loopback_host(std::string_view host);

// May a page of this origin read the answer? An unclaimed node talks to any page, but about two
// things only.
bool is_origin_allowed(std::string_view origin, std::string_view path, bool claimed,
                       const std::vector<std::string>& pinned);

// An origin as browsers write it (scheme://host[:port], or `null`), short enough to be kept.
bool is_origin(std::string_view text);

}  // namespace a67
