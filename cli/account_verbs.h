// The verbs that give an account its credential (connect, rotate) and the one that runs any
// operation of its provider (call). Secrets come from the terminal or from files, never from
// arguments, which others on the machine can see.
#pragma once

#include <string>
#include <string_view>

#include "cli/session.h"
#include "engine/base/json.h"
#include "engine/base/result.h"

namespace a67::cli {

struct AccountChoices {
  Json body;             // as the arguments gave it
  bool may_ask = false;  // somebody is at the terminal
};

class AccountVerbs {
 public:
  // REQUIRES: the session outlives this.
  AccountVerbs(Session& session, AccountChoices choices)
      : session_(session), choices_(std::move(choices)) {}

  static bool is_one(std::string_view verb) {
    return verb == "connect" || verb == "rotate" || verb == "call";
  }
  // The contract's command that was carried out, and its answer.
  struct Done {
    std::string command;
    Json answer;
  };
  // Errors: the command's; kInvalidInput for a secret among the arguments or an input that is no
  // JSON; kLocked when a secret is needed and nobody can be asked.
  Result<Done> run(std::string_view verb);

 private:
  Result<Done> connect();
  Result<Done> rotate();
  Result<Done> call();
  Result<Json> ask_engine(const std::string& command, const Json& body);
  // The provider's view; kNotFound when there is none of that id.
  Result<Json> provider(const std::string& id);
  // `fields` with every secret in it.
  Result<Json> fields_of(const Json& provider);
  Result<std::string> secret_of(const Json& field);

  Session& session_;
  AccountChoices choices_;
};

}  // namespace a67::cli
