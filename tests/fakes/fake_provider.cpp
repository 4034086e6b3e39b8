#include "tests/fakes/fake_provider.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <cstdio>
#include <utility>

#include "tests/fakes/fake_oauth.h"

namespace a67::fakes {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

std::string decode(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%' || at + 2 >= text.size()) {
      out += text[at];
      continue;
    }
    const auto high = kHex.find(lower(std::string(1, text[at + 1])));
    const auto low = kHex.find(lower(std::string(1, text[at + 2])));
    out += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return out;
}

std::vector<std::string> split(std::string_view text, char by) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(by), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// {rest...} takes everything that is left.
bool fits(const std::vector<std::string>& pattern, const std::vector<std::string>& path,
          std::vector<std::string>& found) {
  found.clear();
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] == "{rest...}") {
      std::string rest;
      for (std::size_t more = at; more < path.size(); ++more) {
        if (more > at) rest += '/';
        rest += decode(path[more]);
      }
      found.push_back(rest);
      return !rest.empty();
    }
    if (at >= path.size()) return false;
    if (!pattern[at].starts_with('{')) {
      if (pattern[at] != decode(path[at])) return false;
      continue;
    }
    // "{id}:verb" and "{name}.json": what follows the brace must follow in the path.
    const std::string after = pattern[at].substr(pattern[at].find('}') + 1);
    const std::string part = decode(path[at]);
    if (!part.ends_with(after) || part.size() == after.size()) return false;
    found.push_back(part.substr(0, part.size() - after.size()));
  }
  return pattern.size() == path.size();
}

HttpResponse to_response(FakeAnswer answer) {
  HttpResponse response{.status = answer.status, .headers = std::move(answer.headers), .body = {}};
  if (!answer.json.is_null()) {
    response.headers.emplace_back("content-type", "application/json");
    response.body = answer.json.dump();
  } else {
    response.body = std::move(answer.text);
  }
  return response;
}

}  // namespace

std::map<std::string, std::string> parse_query(std::string_view text) {
  std::map<std::string, std::string> query;
  for (const std::string& pair : split(text, '&')) {
    const auto equals = std::min(pair.find('='), pair.size());
    query[decode(pair.substr(0, equals))] =
        equals == pair.size() ? "" : decode(std::string_view(pair).substr(equals + 1));
  }
  return query;
}

std::string date(UnixMs at, std::string_view fraction) {
  const std::chrono::sys_seconds second{std::chrono::seconds(at / 1000)};
  const auto day = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day ymd{day};
  const std::chrono::hh_mm_ss time{second - day};
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d",
                static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
                static_cast<unsigned>(ymd.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return std::string(text.data()) + std::string(fraction) + "Z";
}

FakeProvider::FakeProvider() = default;
FakeProvider::~FakeProvider() = default;

void FakeProvider::serve_oauth(const Provider& provider) {
  oauth_ = std::make_unique<FakeOAuth>(provider);
}

std::optional<std::string> FakeProvider::agree_to_sign_in(std::string_view query) {
  FakeRequest request;
  request.query = parse_query(query);
  return oauth_->agree(request, sample().credential.front().second);
}

std::string FakeRequest::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

std::string FakeRequest::param(const std::string& name) const {
  const auto found = query.find(name);
  return found == query.end() ? std::string() : found->second;
}

void FakeProvider::route(std::string method, std::string host, std::string pattern,
                         Handler handler) {
  routes_.push_back(
      {std::move(method), std::move(host), split(pattern.substr(1), '/'), std::move(handler)});
}

FakeRequest FakeProvider::read(const HttpRequest& http, std::string_view path, UnixMs now) const {
  FakeRequest request;
  request.method = http.method;
  request.now = now + clock_ahead_.count();
  request.body = http.body;
  for (const auto& [name, value] : http.headers) request.headers[lower(name)] = value;
  if (auto json = Json::parse(http.body, nullptr, false); !json.is_discarded()) {
    request.json = std::move(json);
  }
  const auto query_at = std::min(path.find('?'), path.size());
  request.query = parse_query(path.substr(std::min(query_at + 1, path.size())));
  std::string_view rest = path.substr(1, query_at - 1);
  const auto host_end = std::min(rest.find('/'), rest.size());
  request.host = std::string(rest.substr(0, host_end));
  rest.remove_prefix(std::min(host_end + 1, rest.size()));
  const auto name_end = std::min(rest.find('/'), rest.size());
  if (rest.substr(0, name_end).find('.') != std::string_view::npos) {
    request.own_host = std::string(rest.substr(0, name_end));
    rest.remove_prefix(std::min(name_end + 1, rest.size()));
  }
  request.path = "/" + std::string(rest);
  return request;
}

HttpResponse FakeProvider::handle(const HttpRequest& http, std::string_view path, UnixMs now) {
  was_in_the_way_ = false;
  FakeRequest request = read(http, path, now);
  return to_response(answer(request));
}

void FakeProvider::take_part(const HttpRequest& http, std::string_view path, UnixMs now) {
  FakeRequest request = read(http, path, now);
  request.cut = true;
  if (keeps_part(request)) answer(request);
}

FakeAnswer FakeProvider::answer(FakeRequest& request) {
  if (oauth_) {
    if (auto told = oauth_->exchange(request, sample().credential.front().second)) return *told;
  }
  const std::vector<std::string> path = split(std::string_view(request.path).substr(1), '/');
  bool known_path = false;
  for (const Route& one : routes_) {
    if (one.host != request.host || !fits(one.parts, path, request.parts)) continue;
    known_path = true;
    if (one.method != request.method) continue;
    if (over_the_limit(request.now)) {
      FakeAnswer slow = refusal(429, "rate limit exceeded");
      slow.headers.emplace_back("retry-after", std::to_string((rate_window_.count() + 999) / 1000));
      return slow;
    }
    if (expired_ || !knows(request)) return refusal(401, "unauthorized");
    if (auto no = in_the_way(request)) return *no;
    if (auto late = wrong_time(request)) return *late;
    return one.handler(request);
  }
  return refusal(known_path ? 405 : 404,
                 known_path ? "method not allowed" : "no such path: " + request.path);
}

bool is_change(const FakeRequest& request) {
  if (request.method == "GET" || request.method == "HEAD") return false;
  if (!request.json.is_object() || !request.json.contains("query")) return true;
  return request.json["query"].is_string() &&
         request.json["query"].get_ref<const std::string&>().starts_with("mutation");
}

bool is_removal(const FakeRequest& request) {
  if (request.method == "DELETE") return true;
  return request.json.is_object() && request.json.contains("query") &&
         request.json["query"].is_string() &&
         request.json["query"].get_ref<const std::string&>().contains("Delete(");
}

std::optional<FakeAnswer> FakeProvider::in_the_way(const FakeRequest& request) {
  for (auto& [one, met] : obstacles_) {
    if (!one.method.empty() && one.method != request.method) continue;
    if (!request.path.contains(one.path) || !request.body.contains(one.body)) continue;
    if (one.changes_only && !is_change(request)) continue;
    if (one.spares_removals && is_removal(request)) continue;
    if (one.window.count() > 0) {
      std::erase_if(met, [&](UnixMs at) { return request.now - at >= one.window.count(); });
    }
    if (met.size() >= one.after) {
      was_in_the_way_ = true;
      return one.answer;
    }
    met.push_back(request.now);
  }
  return std::nullopt;
}

void FakeProvider::limit_rate(std::uint32_t count, Duration window) {
  rate_count_ = count;
  rate_window_ = window;
  recent_.clear();
}

bool FakeProvider::over_the_limit(UnixMs now) {
  if (rate_count_ == 0) return false;
  std::erase_if(recent_, [&](UnixMs at) { return now - at >= rate_window_.count(); });
  if (recent_.size() >= rate_count_) return true;
  recent_.push_back(now);
  return false;
}

bool FakeProvider::knows(const FakeRequest& request) const {
  const std::string sent = request.header("authorization");
  return sent == "Bearer " + sample().credential.front().second ||
         std::ranges::any_of(tokens_,
                             [&](const auto& one) { return sent == "Bearer " + one.second; });
}

std::optional<FakeAnswer> FakeProvider::unknown_field(
    const Json& json, std::initializer_list<std::string_view> allowed) const {
  if (!json.is_object()) return refusal(400, "the body must be a JSON object");
  for (const auto& [key, member] : json.items()) {
    if (std::ranges::find(allowed, key) == allowed.end()) {
      return refusal(400, "unknown field: " + key);
    }
    if (member.is_null()) return refusal(400, "null field: " + key);
  }
  return std::nullopt;
}

FakeProvider::Deployment FakeProvider::make_deployment(UnixMs now) {
  return {.id = make_id("dep-"), .at = now, .fails = std::exchange(fail_next_, false)};
}

FakeProvider::Phase FakeProvider::phase_of(const Deployment& deployment, UnixMs now) const {
  const auto done = (now - deployment.at) * 4 / std::max<std::int64_t>(deploy_time_.count(), 1);
  if (done < 1) return Phase::kQueued;
  if (done < 2) return Phase::kBuilding;
  if (deployment.fails) return Phase::kFailed;
  return done < 4 ? Phase::kDeploying : Phase::kLive;
}

std::string FakeProvider::make_id(std::string_view prefix) {
  const std::string number = std::to_string(next_id_++);
  return std::string(prefix) + std::string(6 - std::min<std::size_t>(number.size(), 6), '0') +
         number;
}

}  // namespace a67::fakes
