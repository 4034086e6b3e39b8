#include "cli/arguments.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "cli/text.h"

namespace a67::cli {
namespace {

std::string help_hint(std::string_view verb) {
  return "See automator67 help" + (verb.empty() ? "" : " " + std::string(verb)) + ".";
}

std::string dashed(const Field& field) {
  return field.positional ? "<" + std::string(field.flag) + ">" : "--" + std::string(field.flag);
}

std::unexpected<Error> refuse(std::string message, std::string hint, std::string field = {}) {
  return fail(ErrorCode::kInvalidInput, std::move(message), std::move(hint), std::move(field));
}

std::string choices_text(const Field& field) {
  std::string text;
  for (const std::string_view choice : choices_of(field)) {
    if (!text.empty()) text += ", ";
    text += choice;
  }
  return text;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<Json> read_integer(const Field& field, std::string_view text) {
  const auto value = parse_integer(text);
  if (!value) {
    return refuse(dashed(field) + " takes a whole number, not \"" + std::string(text) + "\".",
                  std::string(field.doc), std::string(field.name));
  }
  if (*value < field.minimum || *value > field.maximum) {
    return refuse(dashed(field) + " takes " + std::to_string(field.minimum) + " to " +
                      std::to_string(field.maximum) + ", not " + std::string(text) + ".",
                  std::string(field.doc), std::string(field.name));
  }
  return Json(*value);
}

Result<Json> read_text(const Field& field, std::string_view text) {
  const auto choices = choices_of(field);
  if (choices.empty() || std::ranges::find(choices, text) != choices.end()) return Json(text);
  const auto meant = nearest(text, choices);
  return refuse(dashed(field) + " takes one of " + choices_text(field) + ", not \"" +
                    std::string(text) + "\".",
                meant ? "Did you mean " + *meant + "?" : std::string(field.doc),
                std::string(field.name));
}

// cpu=30,memory=25
Result<Json> read_integers(const Field& field, std::string_view text) {
  Json values = Json::object();
  const auto known = choices_of(field);
  for (const std::string_view pair : split(text, ',')) {
    const std::size_t equals = pair.find('=');
    const std::string_view name = pair.substr(0, equals);
    const auto value =
        equals == std::string_view::npos ? std::nullopt : parse_integer(pair.substr(equals + 1));
    if (!value || std::ranges::find(known, name) == known.end()) {
      return refuse(dashed(field) + " takes NAME=N pairs with the names " + choices_text(field) +
                        "; \"" + std::string(pair) + "\" is none.",
                    std::string(field.doc), std::string(field.name));
    }
    values[std::string(name)] = *value;
  }
  return values;
}

class Reader {
 public:
  explicit Reader(std::span<const std::string_view> words) : words_(words) {}

  Result<Invocation> read() {
    if (auto verb = find_verb(); !verb) return std::unexpected(verb.error());
    bool options_end = false;
    while (at_ < words_.size()) {
      const std::string_view word = words_[at_++];
      if (!options_end && word == "--") {
        options_end = true;
      } else if (!options_end && word.size() > 1 && word.starts_with('-')) {
        if (auto read = read_option(word); !read) return std::unexpected(read.error());
      } else if (auto read = read_positional(word); !read) {
        return std::unexpected(read.error());
      }
    }
    return finish();
  }

 private:
  // The first word from `start` on that is neither an option of every verb nor its value.
  [[nodiscard]] std::optional<std::size_t> next_word(std::size_t start) const {
    for (std::size_t i = start; i < words_.size(); ++i) {
      if (!words_[i].starts_with('-')) return i;
      const auto takes_value = [&](const Field& field) {
        return field.kind != FieldKind::kBoolean && words_[i].starts_with("--") &&
               words_[i].substr(2) == field.flag;
      };
      if (std::ranges::any_of(global_fields(), takes_value)) ++i;
    }
    return std::nullopt;
  }

  // The verb is the first word that is no option, or the first two; options may stand before it.
  Result<void> find_verb() {
    verb_at_ = next_word(0);
    if (verb_at_ && find_group(words_[*verb_at_]) != nullptr) return find_second_word();
    const std::string_view name =
        verb_at_ ? words_[*verb_at_]
                 : (std::ranges::find(words_, "--version") != words_.end() ? "version" : "help");
    verbs_ = find_verbs(name);
    if (verbs_.empty()) {
      const auto meant = nearest(name, first_words());
      return refuse("There is no verb \"" + std::string(name) + "\".",
                    meant ? "Did you mean automator67 " + *meant + "?" : help_hint(""));
    }
    return {};
  }

  // A group alone asks for its help.
  Result<void> find_second_word() {
    const std::string group(words_[*verb_at_]);
    second_at_ = next_word(*verb_at_ + 1);
    if (!second_at_) {
      verbs_ = find_verbs("help");
      out_.body["verb"] = group;
      return {};
    }
    const std::string_view second = words_[*second_at_];
    verbs_ = find_verbs(group + " " + std::string(second));
    if (!verbs_.empty()) return {};
    const auto meant = nearest(second, second_words(group));
    return refuse(
        "There is no verb \"" + group + " " + std::string(second) + "\".",
        meant ? "Did you mean automator67 " + group + " " + *meant + "?" : help_hint(group));
  }

  [[nodiscard]] std::string_view verb_name() const { return verbs_.front()->verb; }

  // Every field that the verb may be given: of each of its commands, the program's own, the global
  // ones.
  [[nodiscard]] std::vector<const Field*> fields() const {
    std::vector<const Field*> all;
    for (const Verb* verb : verbs_) {
      for (const Field& field : verb->fields) all.push_back(&field);
    }
    for (const Field& field : program_fields(verb_name())) all.push_back(&field);
    for (const Field& field : global_fields()) all.push_back(&field);
    return all;
  }

  [[nodiscard]] const Field* find_option(std::string_view flag, bool is_short) const {
    for (const Field* field : fields()) {
      if (!field->positional && (is_short ? field->shorthand : field->flag) == flag) return field;
    }
    return nullptr;
  }

  Result<void> read_option(std::string_view word) {
    if (word == "--version" && !verb_at_) return {};
    const bool is_short = !word.starts_with("--");
    const std::size_t equals = is_short ? std::string_view::npos : word.find('=');
    const std::string_view flag = word.substr(0, equals).substr(is_short ? 1 : 2);
    const Field* field = find_option(flag, is_short);
    if (field == nullptr) return unknown_option(word.substr(0, equals), flag);
    if (field->kind == FieldKind::kBoolean) {
      if (equals != std::string_view::npos) {
        return refuse(dashed(*field) + " takes no value.", help_hint(verb_name()));
      }
      return take(*field, "true");
    }
    if (equals != std::string_view::npos) return take(*field, word.substr(equals + 1));
    if (at_ == words_.size()) {
      return refuse(dashed(*field) + " needs a value.", std::string(field->doc),
                    std::string(field->name));
    }
    return take(*field, words_[at_++]);
  }

  [[nodiscard]] Result<void> unknown_option(std::string_view word, std::string_view flag) const {
    std::vector<std::string_view> known;
    for (const Field* field : fields()) {
      if (!field->positional) known.push_back(field->flag);
    }
    const auto meant = nearest(flag, known);
    return refuse(
        "automator67 " + std::string(verb_name()) + " has no option " + std::string(word) + ".",
        meant ? "Did you mean --" + *meant + "?" : help_hint(verb_name()));
  }

  Result<void> read_positional(std::string_view word) {
    if (at_ - 1 == verb_at_ || at_ - 1 == second_at_) return {};
    std::size_t seen = 0;
    for (const Field& field : verbs_.front()->fields) {
      if (field.positional && seen++ == positionals_) {
        ++positionals_;
        return take(field, word);
      }
    }
    return refuse("\"" + std::string(word) + "\" is one argument too many for automator67 " +
                      std::string(verb_name()) + ".",
                  help_hint(verb_name()));
  }

  Result<void> take(const Field& field, std::string_view text) {
    if (field.name.empty()) {
      take_own(field.flag, text);
      return {};
    }
    Json& slot = out_.body[std::string(field.name)];
    Result<Json> value = Json();
    switch (field.kind) {
      case FieldKind::kSource:
        out_.body.erase(std::string(field.name));
        out_.source = text;
        return {};
      case FieldKind::kList:
        slot.push_back(text);
        return {};
      case FieldKind::kMap:
        if (slot.is_null()) slot = Json::object();
        return add_pair(slot, text, dashed(field));
      case FieldKind::kText:
        value = read_text(field, text);
        break;
      case FieldKind::kInteger:
      case FieldKind::kNumber:
        value = read_integer(field, text);
        break;
      case FieldKind::kBoolean:
        value = Json(true);
        break;
      case FieldKind::kIntegers:
        value = read_integers(field, text);
        break;
    }
    if (!value) return std::unexpected(value.error());
    slot = std::move(*value);
    return {};
  }

  void take_own(std::string_view flag, std::string_view text) {
    if (flag == "json") out_.json = true;
    if (flag == "quiet") out_.quiet = true;
    if (flag == "no-color") out_.no_color = true;
    if (flag == "yes") out_.yes = true;
    if (flag == "help") out_.help = true;
    if (flag == "no-wait") out_.no_wait = true;
    if (flag == "all-files") out_.all_files = true;
    if (flag == "data-dir") out_.data_dir = text;
    if (flag == "workspace") out_.workspace = text;
    if (flag == "env-file") out_.env_file = text;
    if (flag == "passphrase-file") out_.passphrase_file = text;
    if (flag == "recovery-file") out_.recovery_file = text;
    if (flag == "new-passphrase-file") out_.new_passphrase_file = text;
    if (flag == "recovery-out") out_.recovery_out = text;
    if (flag == "keep-device-key") out_.keep_device_key = true;
    if (flag == "backup-passphrase-file") out_.backup_passphrase_file = text;
    if (flag == "backup-recovery-file") out_.backup_recovery_file = text;
    if (flag == "replace") out_.replace = true;
    if (flag == "dry-run") out_.dry_run = true;
    if (flag == "force") out_.force = true;
  }

  Result<Invocation> finish() {
    // Of two commands under one verb, the second is meant as soon as one of its options is given.
    const bool changes = verbs_.size() > 1 && !out_.body.empty();
    out_.verb = changes ? verbs_[1] : verbs_[0];
    if (out_.help) return std::move(out_);
    for (const Field& field : out_.verb->fields) {
      const bool given = field.kind == FieldKind::kSource
                             ? !out_.source.empty()
                             : out_.body.contains(std::string(field.name));
      if (field.required && !given && !is_claim_link(field)) {
        return refuse("automator67 " + std::string(verb_name()) + " needs " + dashed(field) + ".",
                      std::string(field.doc) + " For example: " + std::string(out_.verb->example),
                      std::string(field.name));
      }
    }
    return std::move(out_);
  }

  // A whole claim link holds the codes already.
  [[nodiscard]] bool is_claim_link(const Field& field) const {
    return verb_name() == "claim" && field.name == "code" &&
           string_or(out_.body, "url").contains("#claim=");
  }

  std::span<const std::string_view> words_;
  std::size_t at_ = 0;
  std::optional<std::size_t> verb_at_;
  std::optional<std::size_t> second_at_;
  std::vector<const Verb*> verbs_;
  std::size_t positionals_ = 0;
  Invocation out_;
};

}  // namespace

Result<void> add_pair(Json& map, std::string_view pair, std::string_view field) {
  const std::size_t equals = pair.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    // The text may be a secret that lost its name: it is not repeated.
    return refuse(std::string(field) + " takes KEY=VALUE.",
                  "Write the name of the variable, an equals sign, and its value.", "env");
  }
  map[std::string(pair.substr(0, equals))] = pair.substr(equals + 1);
  return {};
}

Result<Invocation> parse_arguments(std::span<const std::string_view> words) {
  return Reader(words).read();
}

}  // namespace a67::cli
