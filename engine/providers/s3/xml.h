// Reads the XML that S3 answers with, and nothing more of XML: one root, elements, text, the five
// named and the numbered entities (W3C XML 1.0, 4.6). Attributes are passed over. Document types,
// comments, CDATA and instructions are refused: no S3 sends them, and they are where attacks live.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace a67::s3 {

struct XmlElement {
  std::string name;
  std::string text;  // of its own, entities replaced
  std::vector<XmlElement> children;

  // Of the first child of that name; empty when there is none.
  [[nodiscard]] std::string child_text(std::string_view child) const;
  [[nodiscard]] const XmlElement* child(std::string_view name) const;
};

inline constexpr int kXmlDepthMax = 16;

// Nothing when it is not well-formed, deeper than kXmlDepthMax, or holds what is refused.
std::optional<XmlElement> parse_xml(std::string_view text);

}  // namespace a67::s3
