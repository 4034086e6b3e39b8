#include "node-wrapper/gateway/http_body.h"

#include <catch_amalgamated.hpp>
#include <string>
#include <string_view>

using namespace a67::gateway;

namespace {

struct Decoded {
  std::string payload;
  std::string rest;
  std::string trailers;
  bool done = false;
  int status = 0;
};

// Feeds the bytes in pieces of `piece`.
Decoded decode(std::string_view bytes, std::size_t piece) {
  ChunkedDecoder decoder;
  decoder.reset();
  Decoded result;
  while (!bytes.empty() && !result.done && result.status == 0) {
    std::string part(bytes.substr(0, piece));
    bytes.remove_prefix(part.size());
    const BodyStep step = decoder.feed(part);
    result.payload += part.substr(0, step.payload);
    result.done = step.done;
    result.status = step.reject.status;
    if (step.done) result.rest = part.substr(step.consumed) + std::string(bytes);
  }
  result.trailers = decoder.trailers();
  return result;
}

}  // namespace

TEST_CASE("ChunkedDecoder: a body is the same in one piece and in many", "[gateway]") {
  const std::string bytes =
      "5\r\nhello\r\n1;name=value\r\n \r\n00a ; q=\"x\"\r\n0123456789\r\n0\r\n"
      "X-Sum: 1\r\nContent-Length: 9\r\nHost: evil\r\n\r\nNEXT";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    INFO("pieces of " << piece);
    const Decoded decoded = decode(bytes, piece);
    CHECK(decoded.payload == "hello 0123456789");
    CHECK(decoded.done);
    CHECK(decoded.status == 0);
    CHECK(decoded.rest == "NEXT");
    CHECK(decoded.trailers == "X-Sum: 1\r\n");
  }
}

TEST_CASE("ChunkedDecoder: ambiguous framing is refused", "[gateway]") {
  const std::vector<std::string> bad = {
      "\r\n",
      "g\r\n",
      "-1\r\n",
      "0x5\r\nhello\r\n",
      " 5\r\nhello\r\n",
      "5 \r\nhello\r\n",
      "5\nhello\r\n",
      "5\r\nhelloX\r\n",
      "5\r\nhello\n",
      "5\r\nhello\rX",
      "5\rhello",
      "5;a\nb\r\nhello\r\n",
      "5;a\rb\r\nhello\r\n",
      std::string("5;a\0b\r\nhello\r\n", 14),
      "ffffffffffffffff\r\n",
      "1000000000000000\r\n",
      "5;" + std::string(kChunkExtensionBytesMax, 'x') + "\r\nhello\r\n",
      "0\r\nno colon\r\n\r\n",
      "0\r\nX : 1\r\n\r\n",
      "0\r\n folded\r\n\r\n",
      "0\r\nX: 1\n\r\n",
      "0\r\nX: " + std::string(kTrailerBytesMax, 'x') + "\r\n\r\n",
  };
  for (const std::string& bytes : bad) {
    INFO(bytes.substr(0, 40));
    for (const std::size_t piece : {std::size_t{1}, bytes.size()}) {
      const Decoded decoded = decode(bytes, piece);
      CHECK(decoded.status == 400);
      CHECK_FALSE(decoded.done);
    }
  }
}

TEST_CASE("BodyReader: a body of known length ends there", "[gateway]") {
  BodyReader reader;
  reader.start_length(10);
  CHECK(reader.wanted(100) == 10);
  std::string part = "hello";
  BodyStep step = reader.feed(part);
  CHECK(step.payload == 5);
  CHECK_FALSE(step.done);
  CHECK(reader.wanted(100) == 5);
  CHECK_FALSE(reader.on_eof());
  part = "worldNEXT";
  step = reader.feed(part);
  CHECK(step.payload == 5);
  CHECK(step.consumed == 5);
  CHECK(step.done);
  CHECK(reader.payload_bytes() == 10);
}

TEST_CASE("BodyReader: only a body without any framing may end with the connection", "[gateway]") {
  BodyReader reader;
  reader.start_until_close();
  std::string part = "hello";
  CHECK_FALSE(reader.feed(part).done);
  CHECK(reader.on_eof());
  reader.start_chunked();
  part = "5\r\nhel";
  CHECK_FALSE(reader.feed(part).done);
  CHECK_FALSE(reader.on_eof());
  reader.start_length(0);
  CHECK(reader.done());
}

TEST_CASE("BodyFrame: what it writes, the decoder reads", "[gateway]") {
  const auto text_of = [](const BodyFrame& frame) {
    std::string text;
    for (const std::string_view part : frame.parts()) text += part;
    return text;
  };
  const std::string large(1000, 'x');
  const std::string bytes = text_of(BodyFrame("hello", true, false, {})) +
                            text_of(BodyFrame("", true, false, {})) +
                            text_of(BodyFrame(large, true, true, "X: 1\r\n"));
  const Decoded decoded = decode(bytes, 7);
  CHECK(decoded.done);
  CHECK(decoded.payload == "hello" + large);
  CHECK(decoded.trailers == "X: 1\r\n");
  CHECK(text_of(BodyFrame("hello", false, true, "X: 1\r\n")) == "hello");
  CHECK(text_of(BodyFrame("", true, true, {})) == "0\r\n\r\n");
}
