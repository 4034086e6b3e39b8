// Documents of Firestore, by its REST API (firebase.google.com/docs/firestore/use-rest-api).
#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "engine/providers/firebase/parts.h"

namespace a67::firebase::firestore {
namespace {

// ---- typed values

Json to_value(const Json& value);

Json to_fields(const Json& object) {
  Json fields = Json::object();
  for (const auto& [key, value] : object.items()) fields[key] = to_value(value);
  return fields;
}

Json to_value(const Json& value) {
  switch (value.type()) {
    case Json::value_t::boolean:
      return {{"booleanValue", value}};
    case Json::value_t::number_unsigned:
      if (value.get<std::uint64_t>() >
          static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        return {{"doubleValue", value.get<double>()}};
      }
      return {{"integerValue", value.dump()}};
    case Json::value_t::number_integer:
      return {{"integerValue", value.dump()}};
    case Json::value_t::number_float:
      return {{"doubleValue", value}};
    case Json::value_t::string:
      return {{"stringValue", value}};
    case Json::value_t::array: {
      Json values = Json::array();
      for (const Json& one : value) values.push_back(to_value(one));
      return {{"arrayValue", {{"values", values}}}};
    }
    case Json::value_t::object:
      return {{"mapValue", {{"fields", to_fields(value)}}}};
    default:
      return {{"nullValue", nullptr}};
  }
}

Json from_value(const Json& value);

Json from_fields(const Json& fields) {
  Json object = Json::object();
  if (fields.is_object()) {
    for (const auto& [key, value] : fields.items()) object[key] = from_value(value);
  }
  return object;
}

// What JSON has no type for (times, bytes, references) comes as its text.
Json from_value(const Json& value) {
  if (!value.is_object() || value.empty()) return nullptr;
  const std::string& type = value.begin().key();
  const Json& inner = value.begin().value();
  if (type == "mapValue") return from_fields(at_pointer(inner, "/fields"));
  if (type == "arrayValue") {
    Json list = Json::array();
    for (const Json& one : list_at(inner, "/values")) list.push_back(from_value(one));
    return list;
  }
  if (type == "integerValue" && inner.is_string()) return int_at(value, "/integerValue");
  return inner;
}

// ---- requests

ApiRequest request_to(std::string method, std::string path, Json body = {}) {
  return {.method = std::move(method),
          .host = "firestore",
          .path = std::move(path),
          .body = std::move(body),
          .bucket = "firestore"};
}

Result<std::string> documents_path(const Api& api, const Json& input) {
  const std::string project = api.setting("project");
  if (project.empty()) {
    return fail(ErrorCode::kInvalidInput, "No Firebase project is chosen.",
                "Put its id into the account's settings.", "settings.project");
  }
  const std::string database = database_of(api, input);
  return fill_path("/v1/projects/{project}/databases/", {{"project", project}}) +
         (database.empty() ? "(default)" : percent_encode(database)) + "/documents";
}

// "a/b/c": collection c of document b of collection a.
Result<std::string> document_path(const Api& api, const Json& input) {
  auto path = documents_path(api, input);
  if (!path) return path;
  return *path + "/" + percent_encode(string_or(input, "collection"), true) + "/" +
         percent_encode(string_or(input, "id"));
}

// A name that is no plain word stands between backticks (StructuredQuery.FieldReference).
std::string field_path(const std::string& field) {
  const bool plain =
      field.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
          std::string::npos &&
      !field.empty() && (field[0] < '0' || field[0] > '9');
  if (plain) return field;
  std::string quoted = "`";
  for (const char c : field) {
    if (c == '`' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "`";
}

Json filter_of(const Json& input) {
  if (!input.contains("field")) return nullptr;
  const Json field = {{"fieldPath", field_path(string_or(input, "field"))}};
  const Json equals = input.value("equals", Json());
  if (equals.is_null()) {
    return {{"unaryFilter", {{"op", "IS_NULL"}, {"field", field}}}};
  }
  return {{"fieldFilter", {{"field", field}, {"op", "EQUAL"}, {"value", to_value(equals)}}}};
}

}  // namespace

Task<Result<Json>> put(Api* api, Json input) {
  auto path = document_path(*api, input);
  if (!path) co_return std::unexpected(path.error());
  if (!input["value"].is_object()) {
    co_return fail(ErrorCode::kInvalidInput, "A document of Firestore is an object.", {}, "value");
  }
  // Without a mask of fields the document is replaced, or made.
  ApiRequest request = request_to("PATCH", *path, {{"fields", to_fields(input["value"])}});
  request.repeat = Repeat::kSafe;
  if (!input.contains("version")) co_return co_await act(api, std::move(request));
  const std::string version = string_or(input, "version");
  request.query = {{"currentDocument.updateTime", version},
                   {"currentDocument.exists", version.empty() ? "false" : ""}};
  request.repeat = Repeat::kNever;  // the second time it would be another's, or so it seems
  request.expected = {400};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->status == 400) {
    const bool changed = text_at(answer->json, "/error/status") == "FAILED_PRECONDITION";
    co_return fail(changed ? ErrorCode::kConflict : ErrorCode::kInvalidInput,
                   "Firebase answered 400: " +
                       api->credential().redacted(text_at(answer->json, "/error/message")),
                   changed ? "Read it again, then write." : "", "version");
  }
  co_return Json::object();
}

Task<Result<Json>> get(Api* api, Json input) {
  auto path = document_path(*api, input);
  if (!path) co_return std::unexpected(path.error());
  auto answer = co_await api->call(request_to("GET", *path));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"value", from_fields(at_pointer(answer->json, "/fields"))},
                 {"version", text_at(answer->json, "/updateTime")}};
}

Task<Result<Json>> query(Api* api, Json input) {
  auto path = documents_path(*api, input);
  if (!path) co_return std::unexpected(path.error());
  std::string collection = string_or(input, "collection");
  if (const auto slash = collection.rfind('/'); slash != std::string::npos) {
    *path += "/" + percent_encode(collection.substr(0, slash), true);
    collection.erase(0, slash + 1);
  }
  Json from = Json::array();
  from.push_back({{"collectionId", collection}});
  ApiRequest request = request_to(
      "POST", *path + ":runQuery",
      fill(R"({"structuredQuery": {"from": "$from", "where": "$where", "limit": "$limit"}})",
           {{"from", from},
            {"where", filter_of(input)},
            {"limit",
             std::clamp(int_or(input, "limit", kDocumentsMax), std::int64_t{1}, kDocumentsMax)}}));
  request.repeat = Repeat::kSafe;
  request.bytes_max = kQueryBytesMax;
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  Json documents = Json::array();
  for (const Json& one : list_at(answer->json, "")) {
    const std::string name = text_at(one, "/document/name");
    if (name.empty()) continue;  // a sign of progress
    documents.push_back({{"id", name.substr(name.rfind('/') + 1)},
                         {"value", from_fields(at_pointer(one, "/document/fields"))}});
  }
  co_return Json{{"documents", documents}};
}

Task<Result<Json>> remove(Api* api, Json input) {
  auto path = document_path(*api, input);
  if (!path) co_return std::unexpected(path.error());
  ApiRequest request = request_to("DELETE", *path);
  request.expected = {404};
  co_return co_await act(api, std::move(request));
}

}  // namespace a67::firebase::firestore
