// The contract at run time: engine/api/contract.json, built in, checked against what comes in and
// goes out.
//
// A small part of JSON Schema (2020-12) is understood: type, enum, properties, required,
// additionalProperties, items, $ref to a named type, minimum/maximum, minLength/maxLength (bytes),
// maxItems, maxProperties, the type `any` (bounded by the message's size), plus `format` and
// `keyFormat`, whose rules are engine/base/names.h.
#pragma once

#include <string_view>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace a67 {

// The whole contract, parsed once. Not for concurrent first use.
const Json& contract();

// What `value` breaks first, or nothing. Fields the schema does not know are refused, with the
// nearest known one. `where` is the path in errors, empty for the body itself.
Result<void> check_schema(const Json& schema, const Json& value, const std::string& where = {});

// Checks a command's request, or a response, progress (`part`) of a command, or an event's body.
// kNotFound for a name that the contract does not have.
Result<void> check_request(std::string_view command, const Json& body);
Result<void> check_answer(std::string_view command, std::string_view part, const Json& body);
Result<void> check_event(std::string_view event, const Json& body);

}  // namespace a67
