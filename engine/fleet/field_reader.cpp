#include "engine/fleet/field_reader.h"

#include <cmath>
#include <utility>

namespace a67 {

FieldReader::FieldReader(const Json& object, std::string path)
    : object_(object), path_(std::move(path)) {
  if (!object_.is_object()) {
    fault_ = fail(ErrorCode::kInvalidInput,
                  (path_.empty() ? "The message" : "`" + path_ + "`") + " must be a JSON object.",
                  {}, path_);
  }
}

const Json* FieldReader::find(std::string_view key) const {
  if (!object_.is_object()) return nullptr;
  const auto found = object_.find(key);
  // An explicit null means the same as an absent field.
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

bool FieldReader::has(std::string_view key) const { return find(key) != nullptr; }

std::string FieldReader::path_of(std::string_view key) const {
  std::string path = path_;
  if (!path.empty()) path += '.';
  path += key;
  return path;
}

void FieldReader::refuse(std::string_view key, std::string_view rule) {
  if (!ok()) return;
  const std::string path = path_of(key);
  std::string message = "`" + path + "` ";
  message += rule;
  message += '.';
  fault_ = fail(ErrorCode::kInvalidInput, std::move(message), {}, path);
}

void FieldReader::note(const Result<void>& part) {
  if (ok() && !part) fault_ = part;
}

void FieldReader::text(std::string_view key, std::string& out, std::size_t length_max) {
  if (!ok()) return;
  const Json* found = find(key);
  if (found == nullptr || !found->is_string()) {
    refuse(key, "must be a text");
    return;
  }
  const auto& text = found->get_ref<const std::string&>();
  if (text.size() > length_max) {
    refuse(key, "is longer than " + std::to_string(length_max) + " bytes");
    return;
  }
  out = text;
}

void FieldReader::optional_text(std::string_view key, std::string& out, std::size_t length_max) {
  if (has(key)) text(key, out, length_max);
}

void FieldReader::checked_text(std::string_view key, std::string& out,
                               bool (*is_valid)(std::string_view), std::string_view rule) {
  std::string value;
  text(key, value, 4096);
  if (!ok()) return;
  if (!is_valid(value)) {
    refuse(key, rule);
    return;
  }
  out = std::move(value);
}

void FieldReader::integer(std::string_view key, std::int64_t& out, std::int64_t min,
                          std::int64_t max) {
  if (!ok()) return;
  const Json* found = find(key);
  if (found == nullptr || !found->is_number_integer()) {
    refuse(key, "must be a whole number");
    return;
  }
  // Above 2^63 a conversion would wrap round to something that may look right.
  const bool huge = found->is_number_unsigned() &&
                    found->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
  const auto value = huge ? INT64_MAX : found->get<std::int64_t>();
  if (huge || value < min || value > max) {
    refuse(key, "must be between " + std::to_string(min) + " and " + std::to_string(max));
    return;
  }
  out = value;
}

void FieldReader::optional_integer(std::string_view key, std::int64_t& out, std::int64_t min,
                                   std::int64_t max) {
  if (has(key)) integer(key, out, min, max);
}

void FieldReader::number(std::string_view key, double& out) {
  if (!ok()) return;
  const Json* found = find(key);
  if (found == nullptr || !found->is_number() || !std::isfinite(found->get<double>())) {
    refuse(key, "must be a number");
    return;
  }
  out = found->get<double>();
}

void FieldReader::boolean(std::string_view key, bool& out) {
  if (!ok()) return;
  const Json* found = find(key);
  if (found == nullptr || !found->is_boolean()) {
    refuse(key, "must be true or false");
    return;
  }
  out = found->get<bool>();
}

void FieldReader::optional_boolean(std::string_view key, bool& out) {
  if (has(key)) boolean(key, out);
}

void FieldReader::array(std::string_view key, std::size_t count_max,
                        const std::function<Result<void>(const Json&, const std::string&)>& each) {
  if (!ok()) return;
  const Json* found = find(key);
  if (found == nullptr || !found->is_array()) {
    refuse(key, "must be a list");
    return;
  }
  if (found->size() > count_max) {
    refuse(key, "has more than " + std::to_string(count_max) + " entries");
    return;
  }
  const std::string path = path_of(key);
  for (std::size_t at = 0; at < found->size() && ok(); ++at) {
    note(each((*found)[at], path + "[" + std::to_string(at) + "]"));
  }
}

void FieldReader::object(std::string_view key,
                         const std::function<Result<void>(const Json&, const std::string&)>& read) {
  if (!ok()) return;
  const Json* found = find(key);
  if (found == nullptr || !found->is_object()) {
    refuse(key, "must be a JSON object");
    return;
  }
  note(read(*found, path_of(key)));
}

}  // namespace a67
