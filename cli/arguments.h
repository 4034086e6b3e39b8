// From the words of a command line to a verb, a request body and options. Pure: no file is read,
// nothing is asked.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/verbs.h"
#include "engine/base/json.h"
#include "engine/base/result.h"

namespace a67::cli {

struct Invocation {
  const Verb* verb = nullptr;
  Json body = Json::object();  // the request, without its source
  std::string source;          // a folder, archive or Git URL, as written
  bool json = false;
  bool quiet = false;
  bool no_color = false;
  bool yes = false;
  bool help = false;
  bool no_wait = false;
  bool all_files = false;
  std::string data_dir;
  std::string workspace;  // its name or id
  std::string env_file;
  std::string passphrase_file;
  std::string recovery_file;
  std::string new_passphrase_file;  // of vault change-passphrase
  std::string recovery_out;         // of vault protect and vault recovery
  bool keep_device_key = false;     // of vault protect
  // Of backup and restore.
  std::string backup_passphrase_file;
  std::string backup_recovery_file;
  bool replace = false;
  bool dry_run = false;
  bool force = false;
};

// Error: kInvalidInput; `field` is the option or argument.
Result<Invocation> parse_arguments(std::span<const std::string_view> words);

// KEY=VALUE, as --env and the lines of an env file have it. Error: kInvalidInput.
Result<void> add_pair(Json& map, std::string_view pair, std::string_view field);

}  // namespace a67::cli
