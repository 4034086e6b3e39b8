#include "node-wrapper/control/command_line.h"

#include <algorithm>
#include <utility>

#include "node-wrapper/control/json_log.h"

namespace a67 {
namespace {

constexpr std::size_t kNameLengthMax = 40;
constexpr std::size_t kHostNamesMax = 20;

}  // namespace

std::unexpected<Error> CommandLine::bad(std::string_view option, const std::string& rule) const {
  return fail(ErrorCode::kInvalidInput, std::string(option) + " " + rule + ".",
              "See " + program_ + " --help.", std::string(option));
}

void CommandLine::address(const std::string& name, ListenAddress& out) {
  option(name, [this, name, &out](const std::string& value) -> Result<void> {
    auto address = parse_listen_address(value);
    if (!address) return bad(name, address.error().message);
    out = std::move(*address);
    return {};
  });
}

void CommandLine::name(const std::string& option_name, std::string& out) {
  option(option_name, [this, option_name, &out](const std::string& value) -> Result<void> {
    const bool plain = std::ranges::none_of(value, [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return byte < 0x20 || byte == 0x7F;
    });
    if (!plain) return bad(option_name, "must be plain text");
    if (value.empty() || value.size() > kNameLengthMax) {
      return bad(option_name, "must have 1 to 40 characters");
    }
    out = value;
    return {};
  });
}

void CommandLine::folder(const std::string& name, std::string& out) {
  option(name, [this, name, &out](const std::string& value) -> Result<void> {
    if (value.empty()) return bad(name, "must name a folder");
    out = value;
    return {};
  });
}

void CommandLine::log_level(const std::string& name, LogLevel& out) {
  option(name, [this, name, &out](const std::string& value) -> Result<void> {
    const auto level = log_level_from(value);
    if (!level) return bad(name, "must be info, warning or error");
    out = *level;
    return {};
  });
}

void CommandLine::host_names(const std::string& name, std::vector<std::string>& out) {
  option(name, [this, name, &out](const std::string& value) -> Result<void> {
    if (value.empty() || out.size() >= kHostNamesMax) {
      return bad(name, "must be a name, at most 20 times");
    }
    out.push_back(value);
    return {};
  });
}

Result<ListenAddress> CommandLine::port_of_cloud(const std::string& port) const {
  auto address = parse_listen_address("0.0.0.0:" + port);
  if (!address) return bad("PORT", address.error().message);
  return address;
}

Result<void> CommandLine::set(const std::string& name, const std::string& value) const {
  const auto setter = setters_.find(name);
  if (setter == setters_.end()) return bad(name, "is no option");
  return setter->second(value);
}

Result<std::vector<std::string>> CommandLine::read(std::span<const std::string> arguments) const {
  std::vector<std::string> given;
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    std::string name = arguments[at];
    if (const auto flag = flags_.find(name); flag != flags_.end()) {
      flag->second();
      continue;
    }
    std::string value;
    if (const std::size_t equals = name.find('='); equals != std::string::npos) {
      value = name.substr(equals + 1);
      name.resize(equals);
    } else if (at + 1 < arguments.size()) {
      value = arguments[++at];
    } else {
      return bad(name, "needs a value, or is no option");
    }
    if (auto done = set(name, value); !done) return std::unexpected(done.error());
    given.push_back(std::move(name));
  }
  return given;
}

}  // namespace a67
