#include <catch_amalgamated.hpp>
#include <string>

#include "engine/providers/s3/xml.h"

using a67::s3::parse_xml;

TEST_CASE("a list of objects is read", "[s3]") {
  const auto xml = parse_xml(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\n"
      "  <Contents><Key>a &amp; &lt;b&gt; &#233;&#x20AC;</Key><Size>12</Size></Contents>\n"
      "  <Prefix/><IsTruncated>false</IsTruncated>\n"
      "</ListBucketResult>\n");
  REQUIRE(xml);
  CHECK(xml->name == "ListBucketResult");
  REQUIRE(xml->children.size() == 3);
  CHECK(xml->children[0].child_text("Key") == "a & <b> \xC3\xA9\xE2\x82\xAC");
  CHECK(xml->children[0].child_text("Size") == "12");
  CHECK(xml->child_text("Prefix").empty());
  CHECK(xml->child_text("IsTruncated") == "false");
  CHECK(xml->child_text("NotThere").empty());
}

TEST_CASE("what is not well-formed is no XML", "[s3]") {
  for (const char* text : {"", "hello", "<a>", "<a></b>", "<a><b></a></b>", "<a></a><b></b>",
                           "<a>&unknown;</a>", "<a>&#0;</a>", "<a>&#xD800;</a>", "<a>&amp</a>",
                           "<a x=\"1></a>", "< a></a>", "<a></a>b", "{\"a\": 1}"}) {
    INFO(text);
    CHECK_FALSE(parse_xml(text));
  }
}

TEST_CASE("what no S3 sends is refused", "[s3]") {
  for (const char* text : {"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "<a><!-- b --></a>",
                           "<a><![CDATA[b]]></a>", "<a><?b c?></a>"}) {
    INFO(text);
    CHECK_FALSE(parse_xml(text));
  }
}

TEST_CASE("depth has an end", "[s3]") {
  const auto nested = [](int depth) {
    std::string text;
    for (int at = 0; at < depth; ++at) text += "<a>";
    for (int at = 0; at < depth; ++at) text += "</a>";
    return text;
  };
  CHECK(parse_xml(nested(a67::s3::kXmlDepthMax)));
  CHECK_FALSE(parse_xml(nested(100'000)));
}
