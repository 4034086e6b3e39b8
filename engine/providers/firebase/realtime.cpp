// Documents of a Realtime Database, by its REST API
// (firebase.google.com/docs/reference/rest/database): one tree of JSON, of which a collection is a
// place and a document a child of it.
#include <algorithm>
#include <string>
#include <utility>

#include "engine/providers/firebase/parts.h"

namespace a67::firebase::realtime {
namespace {

// What no key may hold (firebase.google.com/docs/database/web/structure-data).
bool is_key(std::string_view key) {
  return !key.empty() && std::ranges::none_of(key, [](char c) {
    return std::string_view(".$#[]/").contains(c) || static_cast<unsigned char>(c) < 0x20 ||
           c == 0x7f;
  });
}

// It keeps neither nulls nor what is empty: what is written must be what is read.
// NOLINTNEXTLINE(misc-no-recursion): inputs are bounded in depth
bool is_kept(const Json& value) {
  if (!value.is_structured()) return !value.is_null();
  if (value.empty()) return false;
  for (const auto& [key, inner] : value.items()) {
    if ((value.is_object() && !is_key(key)) || !is_kept(inner)) return false;
  }
  return true;
}

std::unexpected<Error> odd_name(std::string field) {
  return fail(ErrorCode::kInvalidInput, "Names in a Realtime Database are without . $ # [ ] and /.",
              "Take another name.", std::move(field));
}

Result<ApiRequest> request_to(const Api& api, std::string method, const Json& input) {
  std::string place = string_or(input, "collection");
  if (input.contains("id")) {
    if (!is_key(string_or(input, "id"))) return odd_name("id");
    place += "/" + string_or(input, "id");
  }
  std::string path;
  for (std::string_view rest = place; !rest.empty();) {  // each turn takes a name off
    const std::string_view part = rest.substr(0, rest.find('/'));
    if (!is_key(part)) return odd_name("collection");
    path += "/" + percent_encode(part);
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  }
  return ApiRequest{.method = std::move(method),
                    .host = database_of(api, input),
                    .path = path + ".json",
                    .bucket = "realtime",
                    .answer = Answer::kText};
}

// Its JSON, of which `null` is one: there is nothing.
Task<Result<ApiAnswer>> read(Api* api, ApiRequest request) {
  auto answer = co_await api->call(std::move(request));
  if (answer && answer->json.is_null() && !answer->text.starts_with("null")) {
    co_return fail(ErrorCode::kInternal, "What answered is no Realtime Database.",
                   "Check its address. Is there a login page of this network in between?");
  }
  co_return answer;
}

// A list where the names are numbers: Firebase takes them for places in one.
void add_all(Json& documents, const Json& found, const Json& input, std::size_t limit) {
  const bool filtered = input.contains("field");
  const std::string field = string_or(input, "field");
  for (const auto& [id, value] : found.items()) {
    if (value.is_null() || documents.size() == limit) continue;
    if (filtered && (!value.is_object() || !value.contains(field) ||
                     value[field] != input.value("equals", Json()))) {
      continue;
    }
    documents.push_back({{"id", id}, {"value", value}});
  }
}

}  // namespace

Task<Result<Json>> put(Api* api, Json input) {
  auto request = request_to(*api, "PUT", input);
  if (!request) co_return std::unexpected(request.error());
  if (!is_kept(input["value"])) {
    co_return fail(ErrorCode::kInvalidInput,
                   "A Realtime Database keeps no null, no empty list or object, and no names with "
                   ". $ # [ ] or / in them.",
                   "Leave them out, or use Firestore.", "value");
  }
  request->query = {{"print", "silent"}};
  request->body = input["value"];
  if (input.contains("version")) {
    const std::string version = string_or(input, "version");
    request->headers = {{"if-match", version.empty() ? "null_etag" : version}};
    request->repeat = Repeat::kNever;  // the second time it would be another's, or so it seems
  }
  co_return co_await act(api, std::move(*request));
}

Task<Result<Json>> get(Api* api, Json input) {
  auto request = request_to(*api, "GET", input);
  if (!request) co_return std::unexpected(request.error());
  request->headers = {{"X-Firebase-ETag", "true"}};
  auto answer = co_await read(api, std::move(*request));
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->json.is_null()) {
    co_return fail(ErrorCode::kNotFound, "There is no document `" + string_or(input, "id") +
                                             "` in `" + string_or(input, "collection") + "`.");
  }
  Json view = {{"value", answer->json}};
  put_if(view, "version", answer->header("etag"));
  co_return view;
}

// A field without an index cannot be asked for by REST: then all are read and compared here.
Task<Result<Json>> query(Api* api, Json input) {
  auto request = request_to(*api, "GET", input);
  if (!request) co_return std::unexpected(request.error());
  request->bytes_max = kQueryBytesMax;
  const auto limit = static_cast<std::size_t>(
      std::clamp(int_or(input, "limit", kDocumentsMax), std::int64_t{1}, kDocumentsMax));
  const std::string field = string_or(input, "field");
  const Json equals = input.value("equals", Json());
  Json documents = Json::array();
  if (input.contains("field") && (!is_key(field) || equals.is_null())) {
    co_return Json{{"documents", documents}};  // nothing is kept under such a name or as null
  }
  if (!field.empty() && !equals.is_structured()) {
    ApiRequest asked = *request;
    asked.query = {{"orderBy", dump_json(field)},
                   {"equalTo", dump_json(equals)},
                   {"limitToFirst", std::to_string(limit)}};
    auto answer = co_await read(api, std::move(asked));
    if (answer) {
      add_all(documents, answer->json, input, limit);
      co_return Json{{"documents", documents}};
    }
    if (!answer.error().message.contains("Index not defined")) {
      co_return std::unexpected(answer.error());
    }
  }
  if (field.empty()) {
    request->query = {{"orderBy", "\"$key\""}, {"limitToFirst", std::to_string(limit)}};
  }
  auto answer = co_await read(api, std::move(*request));
  if (!answer) co_return std::unexpected(answer.error());
  add_all(documents, answer->json, input, limit);
  co_return Json{{"documents", documents}};
}

Task<Result<Json>> remove(Api* api, Json input) {
  auto request = request_to(*api, "DELETE", input);
  if (!request) co_return std::unexpected(request.error());
  request->query = {{"print", "silent"}};
  co_return co_await act(api, std::move(*request));
}

}  // namespace a67::firebase::realtime
