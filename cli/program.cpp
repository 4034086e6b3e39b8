#include "cli/program.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <utility>

#include "cli/account_verbs.h"
#include "cli/arguments.h"
#include "cli/backup_verbs.h"
#include "cli/claim_link.h"
#include "cli/completions.h"
#include "cli/help.h"
#include "cli/progress.h"
#include "cli/render.h"
#include "cli/session.h"
#include "cli/source.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/vault_door.h"
#include "cli/vault_verbs.h"
#include "cli/workspaces.h"
#include "engine/api/engine.h"
#include "engine/deploy/dotenv.h"
#include "engine/native/files.h"

namespace a67::cli {
namespace {

std::int64_t unix_ms() {
  using std::chrono::duration_cast;
  return duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string environment(const char* name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the program has one thread when it looks
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

// The XDG base directory rules. Error: kInvalidInput without a home.
Result<std::string> default_data_dir() {
  if (const std::string data = environment("XDG_DATA_HOME"); data.starts_with('/')) {
    return data + "/automator67";
  }
  const std::string home = environment("HOME");
  if (!home.starts_with('/')) {
    return fail(ErrorCode::kInvalidInput, "There is no home folder to keep data in.",
                "Set HOME, or name a folder with --data-dir.", "data-dir");
  }
  return home + "/.local/share/automator67";
}

constexpr std::string_view kVaultGroup = "vault ";
constexpr std::string_view kCreateVerb = "vault create";

class Program {
 public:
  explicit Program(Invocation invocation)
      : what_(std::move(invocation)), terminal_(Terminal::find(what_.no_color)) {}

  int run() {
    const std::string_view verb = what_.verb->verb;
    if (what_.help || verb == "help") return show_help();
    if (verb == "version") {
      write_out(what_.json ? dump_json({{"version", kVersion}}) + "\n"
                           : "automator67 " + std::string(kVersion) + "\n");
      return EXIT_SUCCESS;
    }
    if (verb == "completions") {
      write_out(completions_text(string_or(what_.body, "shell")));
      return EXIT_SUCCESS;
    }
    const auto done = verb == "watch" ? watch() : run_command();
    return done ? EXIT_SUCCESS : report(done.error());
  }

 private:
  int show_help() {
    std::string verb = string_or(what_.body, "verb");
    if (what_.verb->verb != "help") verb = what_.verb->verb;
    if (verb.empty()) {
      write_out(overview_text(terminal_.columns));
      return EXIT_SUCCESS;
    }
    if (const std::string second = string_or(what_.body, "second"); !second.empty()) {
      verb += " " + second;
    }
    if (const Group* group = find_group(verb); group != nullptr) {
      write_out(group_text(*group, terminal_.columns));
      return EXIT_SUCCESS;
    }
    if (find_verbs(verb).empty()) {
      const auto meant = nearest(verb, verb.contains(' ') ? verb_names() : first_words());
      return report(
          Error{.code = ErrorCode::kInvalidInput,
                .message = "There is no verb \"" + verb + "\".",
                .hint = meant ? "Did you mean " + *meant + "?" : "See automator67 help."});
    }
    write_out(verb_text(verb, terminal_.columns));
    return EXIT_SUCCESS;
  }

  int report(const Error& error) {
    const Json view = to_json_error(error);
    if (what_.json) {
      write_out(dump_json({{"error", view}}) + "\n");
    } else {
      write_err(error_text(view, terminal_.err_is_tty && terminal_.color));
    }
    return exit_code_of(to_string(error.code));
  }

  // For the workspace that is meant.
  [[nodiscard]] Result<native::DataDir> data_dir() const {
    const auto path =
        what_.data_dir.empty() ? default_data_dir() : Result<std::string>(what_.data_dir);
    if (!path) return std::unexpected(path.error());
    auto dir = native::open_data_dir(*path);
    if (!dir) return dir;
    if (what_.verb->verb == kCreateVerb) return new_workspace(*dir, string_or(what_.body, "name"));
    const std::string wanted =
        what_.workspace.empty() ? environment("A67_WORKSPACE") : what_.workspace;
    return wanted.empty() ? dir : choose_workspace(*dir, wanted);
  }

  [[nodiscard]] Progress::Style progress_style() const {
    if (what_.quiet) return Progress::Style::kNone;
    if (what_.json) return Progress::Style::kJson;
    return terminal_.err_is_tty ? Progress::Style::kLive : Progress::Style::kLines;
  }

  [[nodiscard]] View view() const {
    return {.style = {.columns_max = terminal_.out_is_tty ? terminal_.columns : 0,
                      .color = terminal_.color},
            .now_unix_ms = unix_ms()};
  }

  Result<void> run_command() {
    if (auto sure = confirm(); !sure) return sure;
    const auto dir = data_dir();
    if (!dir) return std::unexpected(dir.error());
    Progress progress(progress_style(), terminal_);
    if (!what_.source.empty()) {
      if (auto prepared = prepare_source(*dir, progress); !prepared) return prepared;
    }
    auto session = Session::open(*dir);
    if (!session) return std::unexpected(session.error());
    if (auto fits = check_workspace(**session, *dir); !fits) return fits;
    VaultDoor door(**session, *dir, secret_sources());
    if (what_.verb->verb == kCreateVerb) return create_workspace(**session, door);
    if (what_.verb->verb == "backup" || what_.verb->verb == "restore") {
      return run_backup_verb(**session, door, *dir);
    }
    if (auto opened = open_vault(door); !opened) return opened;
    if (what_.verb->verb.starts_with(kVaultGroup) && what_.verb->command.empty()) {
      return run_vault_verb(**session, door, *dir);
    }
    if (AccountVerbs::is_one(what_.verb->verb)) return run_account_verb(**session);
    if (what_.verb->verb == "claim") return claim(**session, progress);
    return run_one(**session, progress, what_.body);
  }

  Result<void> confirm() {
    if (what_.verb->confirm.empty() || what_.yes) return {};
    if (!terminal_.in_is_tty || !terminal_.err_is_tty) {
      return fail(ErrorCode::kInvalidInput,
                  "automator67 " + std::string(what_.verb->verb) +
                      " asks first, and nobody can answer here.",
                  "Give --yes to do it without being asked.", "yes");
    }
    std::string subject;
    for (const Field& field : what_.verb->fields) {
      if (field.positional) subject = string_or(what_.body, field.name);
    }
    if (ask(subject + ": " + std::string(what_.verb->confirm))) return {};
    return fail(ErrorCode::kCancelled, "Nothing was done.");
  }

  Result<void> prepare_source(const native::DataDir& dir, Progress& progress) {
    if (auto read = read_env_file(); !read) return read;
    auto source = make_source(
        what_.source, native::BlobFiles(dir.blobs()),
        {.all_files = what_.all_files, .progress = [&](std::int64_t done, std::int64_t total) {
           progress.packing(done, total);
         }});
    if (!source) return std::unexpected(source.error());
    what_.body["source"] = std::move(*source);
    return {};
  }

  // What --env gives wins over the file.
  Result<void> read_env_file() {
    if (what_.env_file.empty()) return {};
    const auto text = native::read_file(what_.env_file, kDotenvBytesMax);
    if (!text) return std::unexpected(text.error());
    if (!*text) {
      return fail(ErrorCode::kNotFound, "There is no file " + what_.env_file + ".",
                  "Give the path of a file with KEY=VALUE lines.", "env-file");
    }
    const auto variables = parse_dotenv(**text, what_.env_file);
    if (!variables) return std::unexpected(variables.error());
    Json& env = what_.body["env"];
    if (env.is_null()) env = Json::object();
    for (const auto& [name, value] : *variables) {
      if (!env.contains(name)) env[name] = value.expose();
    }
    return {};
  }

  // A whole link of `scripts/up` holds several nodes; each is claimed, and the first failure is
  // reported.
  Result<void> claim(Session& session, Progress& progress) {
    const std::string url = string_or(what_.body, "url");
    if (!url.contains(kClaimMark)) return run_one(session, progress, what_.body);
    const auto claims = read_claim_link(url);
    if (!claims) return std::unexpected(claims.error());
    Result<void> first_failure;
    for (const Json& claim : *claims) {
      const auto done = run_one(session, progress, claim);
      if (!done && first_failure) first_failure = done;
    }
    return first_failure;
  }

  Result<void> run_one(Session& session, Progress& progress, const Json& body) {
    const std::string command(what_.verb->command);
    const bool is_stream = what_.verb->kind == CommandKind::kStream;
    bool interrupted = false;
    bool handed_over = false;
    auto end = session.run(
        command, body,
        [&](const Json& part) {
          if (is_stream) return print_lines(part);
          progress.deployment(part);
          // Nodes have all they need once building begins.
          if (what_.no_wait && string_or(part, "state") != "uploading") {
            handed_over = true;
            session.leave(part);
          }
        },
        [&] {
          interrupted = true;
          if (!is_stream) progress.note("Stopping; press Ctrl-C again to leave at once.");
        });
    progress.clear();
    if (!end && is_stream && interrupted) return {};
    if (!end) return std::unexpected(end.error());
    if (is_stream) return {};
    if (what_.json) {
      write_out(dump_json(*end) + "\n");
    } else if (handed_over) {
      write_out(deployment_line(*end) + "\n");
    } else {
      write_out(answer_text(command, *end, view()));
    }
    return {};
  }

  void print_lines(const Json& part) {
    std::string text;
    for (const Json& line : array_at(part, "lines")) {
      text += what_.json ? dump_json(line) + "\n" : log_line_text(line, view());
    }
    write_out(text);
  }

  [[nodiscard]] SecretSources secret_sources() const {
    return {.passphrase_file = what_.passphrase_file.empty() ? environment("A67_PASSPHRASE_FILE")
                                                             : what_.passphrase_file,
            .recovery_file = what_.recovery_file,
            .may_ask = terminal_.in_is_tty && terminal_.err_is_tty};
  }

  // What can be told of a locked vault is told.
  Result<void> open_vault(VaultDoor& door) const {
    // Names lie open, and nothing is asked to list them.
    if (what_.verb->command == "vault.workspaces") return {};
    auto opened = door.open();
    const bool may_stay_locked = what_.verb->command == "vault.status";
    if (!opened && may_stay_locked && opened.error().code == ErrorCode::kLocked) return {};
    return opened;
  }

  Result<void> run_vault_verb(Session& session, VaultDoor& door, const native::DataDir& dir) {
    VaultVerbs verbs(session, door, dir,
                     {.sources = secret_sources(),
                      .new_passphrase_file = what_.new_passphrase_file,
                      .recovery_out = what_.recovery_out,
                      .keep_device_key = what_.keep_device_key,
                      .yes = what_.yes});
    if (auto done = verbs.run(what_.verb->verb); !done) return done;
    const Json answer = {{"vault", door.vault()}};
    write_out(what_.json ? dump_json(answer) + "\n" : answer_text("vault.status", answer, view()));
    return {};
  }

  Result<void> create_workspace(Session& session, VaultDoor& door) {
    if (auto made = door.create(string_or(what_.body, "name")); !made) return made;
    Progress progress(Progress::Style::kNone, terminal_);
    what_.verb = find_verbs("vault workspaces").front();
    return run_one(session, progress, Json::object());
  }

  Result<void> run_account_verb(Session& session) {
    AccountVerbs verbs(session, {.body = what_.body, .may_ask = secret_sources().may_ask});
    const auto done = verbs.run(what_.verb->verb);
    if (!done) return std::unexpected(done.error());
    write_out(what_.json ? dump_json(done->answer) + "\n"
                         : answer_text(done->command, done->answer, view()));
    return {};
  }

  Result<void> run_backup_verb(Session& session, VaultDoor& door, const native::DataDir& dir) {
    BackupVerbs verbs(session, door, dir,
                      {.file = string_or(what_.body, "file"),
                       .sources = secret_sources(),
                       .passphrase_file = what_.backup_passphrase_file,
                       .recovery_file = what_.backup_recovery_file,
                       .replace = what_.replace,
                       .dry_run = what_.dry_run,
                       .force = what_.force,
                       .json = what_.json,
                       .yes = what_.yes,
                       .view = view()});
    return what_.verb->verb == "backup" ? verbs.back_up() : verbs.restore();
  }

  Result<void> show_state(Session& session) {
    const auto state = session.run("engine.state", Json::object(), [](const Json&) {}, [] {});
    if (!state) return std::unexpected(state.error());
    write_out(answer_text("engine.state", *state, view()));
    return {};
  }

  Result<void> watch() {
    const auto dir = data_dir();
    if (!dir) return std::unexpected(dir.error());
    auto session = Session::open(*dir);
    if (!session) return std::unexpected(session.error());
    if (auto fits = check_workspace(**session, *dir); !fits) return fits;
    VaultDoor door(**session, *dir, secret_sources());
    if (auto opened = door.open(); !opened) return opened;
    if (!what_.quiet && !what_.json && (*session)->owns_engine()) {
      if (auto shown = show_state(**session); !shown) return shown;
      write_err("\nWatching with the data in " + dir->path + ". Ctrl-C stops.\n");
    }
    return (*session)->watch(
        [&](const std::string& name, const Json& body) {
          write_out(what_.json ? dump_json({{"event", name}, {"body", body}}) + "\n"
                               : event_text(name, body, view()));
        },
        [&](const std::string& level, const std::string& message) {
          if (!what_.quiet) write_err(level + ": " + printable(message) + "\n");
        });
  }

  Invocation what_;
  Terminal terminal_;
};

}  // namespace

int run_program(std::span<const std::string_view> words) {
  auto invocation = parse_arguments(words);
  if (invocation) return Program(std::move(*invocation)).run();
  // The words were not understood, so whether they asked for JSON is looked for by hand.
  const bool json = std::ranges::find(words, "--json") != words.end();
  const Json error = to_json_error(invocation.error());
  if (json) {
    write_out(dump_json({{"error", error}}) + "\n");
  } else {
    write_err(error_text(error, false));
  }
  return exit_code_of(to_string(invocation.error().code));
}

}  // namespace a67::cli
