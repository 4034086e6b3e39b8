// What a provider is to the engine: where it answers, what a credential of it looks like, what it
// can do, and a function per operation. A provider's folder holds one such value; catalogue.h lists
// them. Allowances, prices and limits are data, not code: the policy card beside the adapter.
#pragma once

#include <span>
#include <string_view>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/base/task.h"
#include "engine/providers/api_request.h"

namespace a67 {

class Api;

// Declared by every adapter, and the only thing anybody may conclude from; conformance tests hold
// each provider to what it declares. The names are the contract's.
enum class Capability : std::uint8_t {
  kComputeImage,
  kComputeGit,
  kComputeUpload,
  kStaticUpload,
  kEdgeFunction,
  kSqlHttp,
  kDocuments,
  kObjects,
  kLogs,
  kMetrics,
  kUsage,
  kDomains,
  kOauth,
  kTokens,  // tokens can be made and revoked by the API: for rotation
};

std::string_view to_string(Capability capability);  // "compute.image"

// One API operation that people and other rooms may ask for: operations.json describes each name's
// input and output, the same for every provider. Runs with an account's Api; answers with the
// described output.
// Errors: those of Api::call(), and kInvalidInput, kNotFound, kConflict, kForbidden in the
// provider's own words.
using OperationFunction = Task<Result<Json>> (*)(Api* api, Json input);

struct Operation {
  std::string_view name;  // "service.create"
  OperationFunction run;
};

// A named origin of the API. `api` is the main one.
struct ProviderHost {
  std::string_view key;
  std::string_view
      origin;  // "https://api.render.com"; a "*" label stands for an account's own name
  // Documented or read in the server's source to answer any page: asked directly, whatever way the
  // account's other requests go.
  bool answers_pages = false;
};

// A field a person fills in to connect. Secret ones go into the vault and nowhere else.
struct CredentialField {
  std::string_view name;
  std::string_view label;
  bool secret = true;
  bool required = true;
  std::string_view hint = {};  // what it looks like, where to find it
};

// How an access token is got without a server of ours. Endpoints as the provider documents them.
struct OAuthFlow {
  enum class Kind : std::uint8_t { kNone, kImplicit, kPkce, kGoogleToken };
  Kind kind = Kind::kNone;
  std::string_view authorize_url = {};
  std::string_view token_host = {};  // key of `hosts`
  std::string_view token_path = {};
  std::string_view scopes = {};  // space-separated: the least that will do
  std::string_view note = {};    // what the person has to register first
};

// What of a provider's error answer to tell a person: JSON pointers, first hit wins.
struct ErrorShape {
  std::span<const std::string_view> messages;
  std::span<const std::string_view> codes = {};
  // True there: the credential itself is refused, whatever the status says.
  std::string_view bad_credential = {};
  // For answers that are no JSON: what they say, empty when that cannot be told.
  std::string (*from_text)(std::string_view text) = nullptr;
};

struct Provider {
  std::string_view id;    // "render"; the folder's name
  std::string_view name;  // "Render"
  std::span<const ProviderHost> hosts;
  std::span<const CredentialField> fields;
  std::span<const Capability> capabilities;
  std::span<const Operation> operations;
  ErrorShape errors;
  std::string_view token_page;    // deep link to where a token is made
  std::string_view least_scopes;  // what to tick there, in the provider's words
  OAuthFlow oauth = {};
  Auth auth = Auth::kBearer;  // what probes use
  // Of `api`: answers 401 to a bogus credential. Empty where there is no such host (S3).
  std::string_view probe_path = {};
  Headers (*extra_headers)() = nullptr;  // on every request, e.g. Heroku's Accept

  // Null when it has none of that name.
  [[nodiscard]] const Operation* find(std::string_view operation) const;
  [[nodiscard]] bool can(Capability capability) const;
  [[nodiscard]] std::string_view origin(std::string_view host_key) const;
};

}  // namespace a67
