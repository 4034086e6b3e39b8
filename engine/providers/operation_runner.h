// Runs one operation of an account as a person means it: what is to be made is made once, or not at
// all, or what is left of it is named.
//
// Names are identities. Before something is made, the account is looked through for its name
// (kConflict when it is there), so that whatever bears the name afterwards is ours. After an
// unknown outcome we look before we do it again; after a refusal in the middle we take away what
// was made.
#pragma once

#include <string>

#include "engine/providers/api.h"

namespace a67 {

inline constexpr std::uint32_t kCreateAttemptsMax = 4;
// Long enough for a request that was still on its way to arrive and be listed.
inline constexpr Duration kSettleTime{3'000};

// The description of an operation in operations.json; null when there is none of that name.
const Json* operation_description(std::string_view name);
// {"compute.image": ["service.list", ...], ...}: what a capability promises.
const Json& capability_operations();

// `input` has been checked by its description. Errors: those of Api::call(); kNotFound when the
// provider has no such operation; `lines` of an error name what was left behind, one a line as
// "service <id> <name>".
// REQUIRES: the ports and the session outlive the task.
Task<Result<Json>> run_operation(ApiPorts ports, AccountSession* session, std::string name,
                                 Json input);

}  // namespace a67
