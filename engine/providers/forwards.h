// What may be passed on to providers: the hosts and paths of the policy cards' `forward`, and the
// headers of forward_headers.json. The page's host (automator67-sync, netlify.toml) and a relaying
// node obey the same lists. Pure.
//
// A room of its own: a node needs the lists and none of the adapters.
#pragma once

#include <span>
#include <string_view>

namespace a67 {

struct Forward {
  std::string_view provider;  // "render"
  std::string_view host;      // the host's key: "api"
  std::string_view origin;    // "https://api.render.com"; a "*" stands for an account's own name
  std::span<const std::string_view> paths;  // prefixes, from '/'
};

// Those of every card.
std::span<const Forward> forwards();

// The entry that lets a request for `url` through; null when none does. A path with dot segments,
// backslashes or control characters, however written, is let through by none: a prefix must mean
// what it says.
const Forward* find_forward(std::span<const Forward> table, std::string_view provider,
                            std::string_view url);

// The lists of names; x-amz-* and *ratelimit* besides.
std::span<const std::string_view> forwarded_headers();
std::span<const std::string_view> returned_headers();
// `name` in lower case. No cookie, nothing of the hop, no address of the person.
bool is_forwarded_header(std::string_view name);
bool is_returned_header(std::string_view name);

// True when `origin` is scheme://host with nothing behind it, and is `pattern` or matches its "*".
bool origin_matches(std::string_view pattern, std::string_view origin);

}  // namespace a67
