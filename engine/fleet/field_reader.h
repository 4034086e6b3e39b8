// FieldReader reads the fields of one JSON object from outside and remembers the first that is
// wrong.
//
// Why not one Result per field: a message has thirty of them, and only the first fault is told to
// anybody. After a fault every further read does nothing, so a parser can read on and ask once, at
// the end.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace a67 {

class FieldReader {
 public:
  // `path` names the object in errors; empty for the document itself. REQUIRES: `object` outlives
  // the reader.
  explicit FieldReader(const Json& object, std::string path = {});

  void text(std::string_view key, std::string& out, std::size_t length_max);
  void optional_text(std::string_view key, std::string& out, std::size_t length_max);
  // `is_valid` says whether the text is taken, `rule` what it should be ("must be ...").
  void checked_text(std::string_view key, std::string& out, bool (*is_valid)(std::string_view),
                    std::string_view rule);
  void integer(std::string_view key, std::int64_t& out, std::int64_t min, std::int64_t max);
  void optional_integer(std::string_view key, std::int64_t& out, std::int64_t min,
                        std::int64_t max);
  void number(std::string_view key, double& out);
  void boolean(std::string_view key, bool& out);
  void optional_boolean(std::string_view key, bool& out);
  // A word of a fixed list; `from` is the reverse of its to_string.
  template <class Enum, class From>
  void word(std::string_view key, Enum& out, From from) {
    std::string name;
    text(key, name, 32);
    if (!ok()) return;
    if (const auto value = from(name)) {
      out = *value;
    } else {
      refuse(key, "is not a word we know");
    }
  }
  // Calls `each` with every element and its path, until one is wrong.
  void array(std::string_view key, std::size_t count_max,
             const std::function<Result<void>(const Json&, const std::string&)>& each);
  // Calls `read` with the member and its path.
  void object(std::string_view key,
              const std::function<Result<void>(const Json&, const std::string&)>& read);

  // Notes a fault of `key`, unless there was one before.
  void refuse(std::string_view key, std::string_view rule);
  void note(const Result<void>& part);
  [[nodiscard]] bool has(std::string_view key) const;
  [[nodiscard]] bool ok() const { return fault_.has_value(); }
  [[nodiscard]] std::string path_of(std::string_view key) const;
  // Success, or the first fault.
  [[nodiscard]] const Result<void>& done() const { return fault_; }

 private:
  [[nodiscard]] const Json* find(std::string_view key) const;

  const Json& object_;
  std::string path_;
  Result<void> fault_;
};

}  // namespace a67
