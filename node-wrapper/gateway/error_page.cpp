#include "node-wrapper/gateway/error_page.h"

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace a67::gateway {
namespace {

// The contract's code that tells a program what it can do about it.
ErrorCode code_of(int status) {
  switch (status) {
    case 404:
      return ErrorCode::kNotFound;
    case 408:
    case 504:
      return ErrorCode::kTimeout;
    case 413:
    case 414:
    case 431:
      return ErrorCode::kTooLarge;
    case 502:
      return ErrorCode::kUnreachable;
    case 503:
      return ErrorCode::kNoNodes;
    default:
      return ErrorCode::kInvalidInput;
  }
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
}

constexpr std::string_view kStyle =
    "<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:0;"
    "min-height:100vh;display:grid;place-items:center;background:Canvas;color:CanvasText}"
    "main{max-width:34rem;padding:2rem}h1{font-size:1.4rem;margin:0 0 .5rem}"
    "p{margin:.5rem 0}small,td:last-child{color:GrayText}table{border-spacing:0;margin:1rem 0}"
    "td{padding:.2rem 1rem .2rem 0;vertical-align:top}code{font-size:.9em}</style>";

}  // namespace

std::string_view reason_phrase_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 417:
      return "Expectation Failed";
    case 431:
      return "Request Header Fields Too Large";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Error";
  }
}

bool wants_json(std::string_view accept) {
  return accept.contains("json") && !accept.contains("text/html");
}

std::string problem_json(const Problem& problem) {
  Json tried = Json::array();
  for (const Tried& attempt : problem.tried) {
    tried.push_back(
        {{"replica", attempt.replica}, {"node", attempt.node}, {"reason", attempt.reason}});
  }
  Json error = {{"code", to_string(code_of(problem.status))},
                {"message", problem.message},
                {"hint", problem.hint}};
  Json body = {{"error", std::move(error)}, {"status", problem.status}};
  if (!problem.app.empty()) body["app"] = problem.app;
  if (!problem.request_id.empty()) body["requestId"] = problem.request_id;
  if (!problem.tried.empty()) body["tried"] = std::move(tried);
  return dump_json(body) + "\n";
}

std::string problem_html(const Problem& problem) {
  const std::string title =
      std::to_string(problem.status) + " " + std::string(reason_phrase_of(problem.status));
  std::string page = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>" + title +
                     "</title><meta name=\"viewport\" content=\"width=device-width\">";
  page.append(kStyle).append("<main><h1>").append(title).append("</h1><p>");
  append_escaped(page, problem.message);
  page += "</p>";
  if (!problem.hint.empty()) {
    page += "<p>";
    append_escaped(page, problem.hint);
    page += "</p>";
  }
  if (!problem.tried.empty()) {
    page += "<table>";
    for (const Tried& attempt : problem.tried) {
      page += "<tr><td><code>";
      append_escaped(page, attempt.replica);
      page += "</code></td><td>";
      append_escaped(page, attempt.reason);
      page += "</td></tr>";
    }
    page += "</table>";
  }
  page += "<small>";
  if (!problem.app.empty()) {
    page += "App <code>";
    append_escaped(page, problem.app);
    page += "</code>. ";
  }
  if (!problem.request_id.empty()) {
    page += "Request <code>";
    append_escaped(page, problem.request_id);
    page += "</code>. ";
  }
  page += "Automator67 gateway</small></main></html>\n";
  return page;
}

}  // namespace a67::gateway
