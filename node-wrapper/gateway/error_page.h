// What a client is told when the gateway itself answers: a small page for people, JSON for
// programs.
//
// Pure. Says what happened, why, and what to do next; names the app, the replicas that were tried
// and the request id.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace a67::gateway {

struct Tried {
  std::string replica;
  std::string node;
  std::string reason;
};

struct Problem {
  int status = 500;
  std::string app;
  std::string message;  // what happened
  std::string hint;     // what to do next
  std::string request_id;
  std::vector<Tried> tried;
};

// `Not Found`; a general phrase for a status we do not send ourselves.
std::string_view reason_phrase_of(int status);

// True when the Accept header asks for JSON rather than for a page.
bool wants_json(std::string_view accept);

std::string problem_json(const Problem& problem);
std::string problem_html(const Problem& problem);

}  // namespace a67::gateway
