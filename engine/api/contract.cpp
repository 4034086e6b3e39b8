#include "engine/api/contract.h"

#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "engine/api/contract_text.h"
#include "engine/base/names.h"

namespace a67 {
namespace {

std::string join(const std::string& where, std::string_view key) {
  std::string path = where;
  if (!path.empty()) path += '.';
  path += key;
  return path;
}

std::unexpected<Error> broken(const std::string& where, std::string_view rule) {
  const std::string what = where.empty() ? "The request" : "`" + where + "`";
  return fail(ErrorCode::kInvalidInput, what + " " + std::string(rule) + ".", {}, where);
}

std::string list_of(const Json& words) {
  std::string list;
  for (const Json& word : words) {
    if (!list.empty()) list += ", ";
    list += word.get<std::string>();
  }
  return list;
}

// The named type a schema refers to; null when it refers to none.
const Json* find_named(const Json& schema) {
  const auto reference = schema.find("$ref");
  if (reference == schema.end()) return nullptr;
  return &contract()["types"].at(reference->get_ref<const std::string&>());
}

Result<void> check_text(const Json& schema, const Json& value, const std::string& where) {
  if (!value.is_string()) return broken(where, "must be a text");
  const auto& text = value.get_ref<const std::string&>();
  if (const auto words = schema.find("enum"); words != schema.end()) {
    for (const Json& word : *words) {
      if (word == value) return {};
    }
    return broken(where, "must be one of: " + list_of(*words));
  }
  const auto length = static_cast<std::int64_t>(text.size());
  if (length < int_or(schema, "minLength", 0))
    return broken(where, "must not be empty or so short");
  const auto length_max = int_or(schema, "maxLength", -1);
  if (length_max >= 0 && length > length_max) {
    return broken(where, "has " + std::to_string(length) + " bytes; at most " +
                             std::to_string(length_max) + " are allowed");
  }
  if (const auto format = schema.find("format"); format != schema.end()) {
    if (const auto fault = name_fault(format->get_ref<const std::string&>(), text)) {
      return broken(where, *fault);
    }
  }
  return {};
}

Result<void> check_number(const Json& schema, const Json& value, const std::string& where,
                          bool whole) {
  if (whole ? !value.is_number_integer() : !value.is_number()) {
    return broken(where, whole ? "must be a whole number" : "must be a number");
  }
  const bool has_min = schema.contains("minimum");
  const bool has_max = schema.contains("maximum");
  const auto number = value.get<double>();
  const bool fits = (!has_min || number >= schema["minimum"].get<double>()) &&
                    (!has_max || number <= schema["maximum"].get<double>());
  if (fits) return {};
  if (!has_max) return broken(where, "must be at least " + schema["minimum"].dump());
  return broken(where, "must be between " + schema.value("minimum", Json(0)).dump() + " and " +
                           schema["maximum"].dump() + ", but is " + value.dump());
}

Result<void> check_array(const Json& schema, const Json& value, const std::string& where) {
  if (!value.is_array()) return broken(where, "must be a list");
  const auto count_max = int_or(schema, "maxItems", -1);
  if (count_max >= 0 && std::cmp_greater(value.size(), count_max)) {
    return broken(where, "has more than " + std::to_string(count_max) + " entries");
  }
  for (std::size_t at = 0; at < value.size(); ++at) {
    auto item = check_schema(schema["items"], value[at], where + "[" + std::to_string(at) + "]");
    if (!item) return item;
  }
  return {};
}

Result<void> check_map(const Json& schema, const Json& value, const std::string& where) {
  const auto count_max = int_or(schema, "maxProperties", -1);
  if (count_max >= 0 && std::cmp_greater(value.size(), count_max)) {
    return broken(where, "has more than " + std::to_string(count_max) + " entries");
  }
  const std::string key_format = string_or(schema, "keyFormat");
  for (const auto& [key, member] : value.items()) {
    if (!key_format.empty()) {
      if (const auto fault = name_fault(key_format, key)) return broken(join(where, key), *fault);
    }
    auto checked = check_schema(schema["additionalProperties"], member, join(where, key));
    if (!checked) return checked;
  }
  return {};
}

Result<void> check_object(const Json& schema, const Json& value, const std::string& where) {
  if (!value.is_object()) return broken(where, "must be an object");
  if (schema.contains("additionalProperties")) return check_map(schema, value, where);
  const Json& properties = schema["properties"];
  for (const auto& [key, member] : value.items()) {
    const auto property = properties.find(key);
    if (property == properties.end()) {
      std::vector<std::string_view> known;
      for (const auto& entry : properties.items()) known.push_back(entry.key());
      const auto near = nearest(key, known);
      return broken(join(where, key),
                    "is not known here" +
                        (near ? "; did you mean `" + std::string(*near) + "`?" : std::string()));
    }
    auto checked = check_schema(*property, member, join(where, key));
    if (!checked) return checked;
  }
  for (const Json& required : array_at(schema, "required")) {
    if (!value.contains(required.get_ref<const std::string&>())) {
      return broken(join(where, required.get_ref<const std::string&>()), "is missing");
    }
  }
  return {};
}

const Json* find_entry(std::string_view section, std::string_view name) {
  const Json& entries = contract()[std::string(section)];
  const auto found = entries.find(name);
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace

const Json& contract() {
  static const Json kContract = Json::parse(kContractText);
  return kContract;
}

Result<void> check_schema(const Json& schema, const Json& value, const std::string& where) {
  const Json* named = find_named(schema);
  const Json& resolved = named == nullptr ? schema : *named;
  const auto& type = resolved.at("type").get_ref<const std::string&>();
  if (type == "string") return check_text(resolved, value, where);
  if (type == "integer") return check_number(resolved, value, where, true);
  if (type == "number") return check_number(resolved, value, where, false);
  if (type == "array") return check_array(resolved, value, where);
  if (type == "object") return check_object(resolved, value, where);
  if (type == "any") return {};
  if (value.is_boolean()) return {};
  return broken(where, "must be true or false");
}

Result<void> check_request(std::string_view command, const Json& body) {
  const Json* entry = find_entry("commands", command);
  if (entry == nullptr) {
    std::vector<std::string_view> known;
    for (const auto& item : contract()["commands"].items()) known.push_back(item.key());
    const auto near = nearest(command, known);
    return fail(ErrorCode::kNotFound, "There is no command `" + std::string(command) + "`.",
                near ? "Did you mean `" + std::string(*near) + "`?" : std::string());
  }
  return check_schema((*entry)["request"], body);
}

Result<void> check_answer(std::string_view command, std::string_view part, const Json& body) {
  const Json* entry = find_entry("commands", command);
  if (entry == nullptr || !entry->contains(part)) {
    return fail(ErrorCode::kNotFound,
                "The contract has no " + std::string(part) + " of `" + std::string(command) + "`.");
  }
  return check_schema((*entry)[std::string(part)], body);
}

Result<void> check_event(std::string_view event, const Json& body) {
  const Json* entry = find_entry("events", event);
  if (entry == nullptr) {
    return fail(ErrorCode::kNotFound, "The contract has no event `" + std::string(event) + "`.");
  }
  return check_schema((*entry)["body"], body);
}

}  // namespace a67
