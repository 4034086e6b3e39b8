// The small texts of the control API that strangers choose: Host, Origin, the query, claim codes,
// log requests.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "node-wrapper/control/access.h"
#include "node-wrapper/control/claim_code.h"
#include "node-wrapper/control/control_request.h"
#include "node-wrapper/control/node_record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (a67::is_own_host(text, {"node.example"}) && text.empty()) std::abort();
  if (a67::is_origin(text) && text.size() > 300) std::abort();
  static_cast<void>(a67::endpoint_at(text));
  if (const auto value = a67::query_value(text, "format"); value && value->size() >= size) {
    std::abort();
  }
  if (const auto code = a67::normalize_claim_code(text)) {
    // What is a code stays one, however often it is normalised.
    if (code->size() != 14 || a67::normalize_claim_code(*code) != code) std::abort();
  }
  if (const auto json = a67::parse_json(text)) {
    const auto record = a67::node_record_from_json(*json);
    if (record && a67::node_record_from_json(a67::to_json(*record)) != *record) std::abort();
  }
  return 0;
}
