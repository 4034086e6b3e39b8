#include "engine/deploy/yaml_reader.h"

#include <yaml.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/base/encoding.h"

namespace a67 {
namespace {

// One event of libyaml, freed when it goes.
class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&event_); }

  yaml_event_t& operator*() { return event_; }
  yaml_event_t* operator->() { return &event_; }
  [[nodiscard]] std::size_t line() const { return event_.start_mark.line + 1; }

 private:
  yaml_event_t event_{};
};

class Reader {
 public:
  Reader(std::string_view text, std::string_view file) : file_(file) {
    ready_ = yaml_parser_initialize(&parser_) == 1;
    if (!ready_) return;
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, as_bytes(text).data(), text.size());
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() {
    if (ready_) yaml_parser_delete(&parser_);
  }

  Result<YamlNode> read() {
    YamlNode root;
    bool in_document = false;
    bool seen_document = false;
    for (;;) {
      Event event;
      if (auto next = take(event); !next) return std::unexpected(next.error());
      switch (event->type) {
        case YAML_STREAM_END_EVENT:
          return root;
        case YAML_DOCUMENT_START_EVENT:
          if (seen_document)
            return wrong("A second document starts here; only one is read.", event.line());
          seen_document = in_document = true;
          break;
        case YAML_DOCUMENT_END_EVENT:
          in_document = false;
          break;
        case YAML_STREAM_START_EVENT:
          break;
        default: {
          auto node = read_node(event, 1);
          if (!node) return node;
          root = std::move(*node);
        }
      }
    }
  }

 private:
  [[nodiscard]] std::unexpected<Error> wrong(std::string message, std::size_t line) const {
    return fail(ErrorCode::kInvalidInput, std::move(message), {}, place_in(file_, line));
  }

  Result<void> take(Event& event) {
    if (!ready_) return fail(ErrorCode::kInternal, "There is no memory to read " + file_ + ".");
    if (yaml_parser_parse(&parser_, &*event) == 1) return {};
    // libyaml's problem texts are constants ("did not find expected ..."): they never quote the
    // file.
    const char* problem = parser_.problem == nullptr ? "it cannot be read" : parser_.problem;
    return wrong("This is not valid YAML: " + std::string(problem) + ".",
                 parser_.problem_mark.line + 1);
  }

  // The rest of the node that `event` starts.
  // NOLINTNEXTLINE(misc-no-recursion): bounded by kYamlDepthMax.
  Result<YamlNode> read_node(Event& event, std::size_t depth) {
    const std::size_t line = event.line();
    if (++nodes_ > kYamlNodesMax) {
      return wrong("There are more than " + std::to_string(kYamlNodesMax) + " values.", line);
    }
    switch (event->type) {
      case YAML_SCALAR_EVENT:
        return read_scalar(event);
      case YAML_ALIAS_EVENT:
        return wrong("Aliases (*name) are not supported; write the value out.", line);
      case YAML_SEQUENCE_START_EVENT:
      case YAML_MAPPING_START_EVENT:
        break;
      default:
        return wrong("This is not valid YAML.", line);
    }
    if (depth == kYamlDepthMax) {
      return wrong(
          "The values are nested deeper than " + std::to_string(kYamlDepthMax) + " levels.", line);
    }
    const bool is_map = event->type == YAML_MAPPING_START_EVENT;
    const bool decorated = is_map ? event->data.mapping_start.anchor != nullptr ||
                                        event->data.mapping_start.tag != nullptr
                                  : event->data.sequence_start.anchor != nullptr ||
                                        event->data.sequence_start.tag != nullptr;
    if (decorated) return no_decoration(line);
    return is_map ? read_map(line, depth) : read_list(line, depth);
  }

  [[nodiscard]] std::unexpected<Error> no_decoration(std::size_t line) const {
    return wrong("Anchors (&name) and tags (!name) are not supported; write the value plainly.",
                 line);
  }

  Result<YamlNode> read_scalar(Event& event) {
    const auto& scalar = event->data.scalar;
    if (scalar.anchor != nullptr || scalar.tag != nullptr) return no_decoration(event.line());
    YamlNode node{.kind = YamlNode::Kind::kScalar, .line = event.line()};
    node.text.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
    node.quoted = scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return node;
  }

  // NOLINTNEXTLINE(misc-no-recursion): bounded by kYamlDepthMax.
  Result<YamlNode> read_list(std::size_t line, std::size_t depth) {
    YamlNode list{.kind = YamlNode::Kind::kList, .line = line};
    for (;;) {
      Event event;
      if (auto next = take(event); !next) return std::unexpected(next.error());
      if (event->type == YAML_SEQUENCE_END_EVENT) return list;
      auto item = read_node(event, depth + 1);
      if (!item) return item;
      list.items.push_back(std::move(*item));
    }
  }

  // NOLINTNEXTLINE(misc-no-recursion): bounded by kYamlDepthMax.
  Result<YamlNode> read_map(std::size_t line, std::size_t depth) {
    YamlNode map{.kind = YamlNode::Kind::kMap, .line = line};
    for (;;) {
      Event event;
      if (auto next = take(event); !next) return std::unexpected(next.error());
      if (event->type == YAML_MAPPING_END_EVENT) return map;
      if (event->type != YAML_SCALAR_EVENT)
        return wrong("A key must be a plain word.", event.line());
      auto key = read_node(event, depth + 1);
      if (!key) return key;
      const auto same = std::ranges::find(map.keys, key->text);
      if (same != map.keys.end()) {
        const auto first = static_cast<std::size_t>(same - map.keys.begin());
        return wrong("The key '" + key->text + "' is given twice, first on line " +
                         std::to_string(map.key_lines[first]) + ".",
                     key->line);
      }
      Event value_event;
      if (auto next = take(value_event); !next) return std::unexpected(next.error());
      auto value = read_node(value_event, depth + 1);
      if (!value) return value;
      map.keys.push_back(std::move(key->text));
      map.key_lines.push_back(key->line);
      map.items.push_back(std::move(*value));
    }
  }

  yaml_parser_t parser_{};
  bool ready_ = false;
  std::string file_;
  std::size_t nodes_ = 0;
};

}  // namespace

bool YamlNode::is_null() const {
  return kind == Kind::kScalar && !quoted &&
         (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL");
}

std::string place_in(std::string_view file, std::size_t line) {
  return std::string(file) + ":" + std::to_string(line);
}

Result<YamlNode> read_yaml(std::string_view text, std::string_view file) {
  if (text.size() > kYamlBytesMax) {
    return fail(ErrorCode::kTooLarge,
                std::string(file) + " has " + std::to_string(text.size()) + " bytes; at most " +
                    std::to_string(kYamlBytesMax) + " are read.",
                {}, std::string(file));
  }
  if (!is_utf8(text)) {
    return fail(ErrorCode::kInvalidInput, std::string(file) + " is not a UTF-8 text.",
                "Save the file with the encoding UTF-8.", std::string(file));
  }
  return Reader(text, file).read();
}

}  // namespace a67
