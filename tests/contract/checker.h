// What every part of the conformance list does its checks with: an operation is run, held to its
// description, and the outcome noted.
#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/api/contract.h"
#include "tests/contract/conformance.h"

namespace a67::conformance {

inline constexpr Duration kPollEvery{5'000};
inline constexpr std::uint32_t kPollsMax = 60;

inline std::string described(const Error& error) {
  return std::string(to_string(error.code)) + ": " + error.message;
}

class Checker {
 public:
  // REQUIRES: both outlive this.
  Checker(fakes::FakeCloud& cloud, std::vector<Finding>& findings)
      : cloud_(cloud), sample_(cloud.sample()), findings_(findings) {}

 protected:
  [[nodiscard]] bool can(Capability capability) const { return cloud_.provider().can(capability); }
  [[nodiscard]] bool has(std::string_view operation) const {
    return cloud_.provider().find(operation) != nullptr;
  }
  void note(std::string operation, std::string check, std::string fault = {}) {
    findings_.push_back({std::move(operation), std::move(check), std::move(fault)});
  }

  // Runs it, holds input and output to their description, and notes the outcome.
  std::optional<Json> expect(const std::string& operation, const std::string& check, Json input) {
    const Json* description = operation_description(operation);
    if (description == nullptr) {
      note(operation, check, "operations.json does not describe it");
      return std::nullopt;
    }
    if (auto fine = check_schema((*description)["input"], input); !fine) {
      note(operation, check, "input: " + fine.error().message);
      return std::nullopt;
    }
    auto output = cloud_.run(operation, std::move(input));
    if (!output) {
      note(operation, check, described(output.error()));
      return std::nullopt;
    }
    if (auto fine = check_schema((*description)["output"], *output); !fine) {
      note(operation, check, "output: " + fine.error().message);
      return std::nullopt;
    }
    note(operation, check);
    return std::move(*output);
  }

  void expect_refusal(const std::string& operation, const std::string& check, Json input,
                      std::initializer_list<ErrorCode> codes) {
    auto output = cloud_.run(operation, std::move(input));
    if (output) {
      note(operation, check, "it was carried out");
    } else if (std::ranges::find(codes, output.error().code) == codes.end()) {
      note(operation, check, described(output.error()));
    } else {
      note(operation, check, output.error().message.empty() ? "it says nothing" : "");
    }
  }

  Json await_end(const std::string& operation, const Json& input, const std::string& key,
                 const std::set<std::string>& under_way) {
    Json view;
    for (std::uint32_t poll = 0; poll < kPollsMax; ++poll) {
      auto output = cloud_.run(operation, input);
      if (!output) {
        note(operation, "can be asked again and again", described(output.error()));
        return view;
      }
      view = (*output)[key];
      if (!under_way.contains(string_or(view, "state"))) break;
      cloud_.wait(kPollEvery);
    }
    if (auto fine = check_schema((*operation_description(operation))["output"], {{key, view}});
        !fine) {
      note(operation, "answers as described", fine.error().message);
    }
    return view;
  }

  void state_is(const std::string& operation, const std::string& check, const Json& view,
                std::string_view state) {
    const std::string got = string_or(view, "state");
    note(operation, check, got == state ? "" : "it is `" + got + "`");
  }

  Json deployment_end(const std::string& kind, const std::string& id,
                      const std::string& deployment) {
    return await_end(kind + ".deployment", {{kind, id}, {"deployment", deployment}}, "deployment",
                     {"queued", "building", "deploying"});
  }

  [[nodiscard]] Json create_input(const std::string& capability, const std::string& name) const {
    Json input = sample_.create;
    input["name"] = name;
    input["source"] = sample_.sources[capability];
    input["env"] = {{"GREETING", "hello"}};
    return input;
  }

  fakes::FakeCloud& cloud_;
  fakes::Sample sample_;
  std::vector<Finding>& findings_;
};

// The parts; each does what the provider's capabilities promise.
void check_services(const Checker& checker);  // services, sites, functions
void check_data(const Checker& checker);      // databases, documents, objects
void check_refusals(const Checker& checker);  // what a provider says no to, and what is left then

}  // namespace a67::conformance
