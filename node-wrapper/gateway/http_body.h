// Bodies: where one ends, and what is in it (RFC 9112 sections 6 and 7).
//
// Pure. Decoding happens in place: the payload is moved to the front of the caller's bytes, so that
// a body of any size flows through one bounded buffer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "node-wrapper/gateway/http_head.h"

namespace a67::gateway {

inline constexpr std::size_t kChunkExtensionBytesMax = 1024;
inline constexpr std::size_t kChunkSizeDigitsMax = 15;  // 60 bits: sums cannot overflow
inline constexpr std::size_t kTrailerBytesMax = std::size_t{8} * 1024;

// What a decoder made of some bytes: `payload` of them now stand at the front, `consumed` were
// read. All are consumed unless the body ended (`done`) or is malformed (`reject.status` != 0).
struct BodyStep {
  std::size_t payload = 0;
  std::size_t consumed = 0;
  bool done = false;
  Reject reject;
};

class ChunkedDecoder {
 public:
  void reset();
  BodyStep feed(std::span<char> bytes);
  // Trailer lines, each with its CRLF, without those that could change framing or routing. Complete
  // when done.
  [[nodiscard]] std::string_view trailers() const { return trailers_; }

 private:
  enum class State : std::uint8_t {
    kSize,
    kExtension,
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailer,
    kDone,
    kBad
  };

  bool on_size_char(char c);
  bool on_extension_char(char c);
  bool on_size_end();
  bool on_trailer_char(char c);
  bool on_trailer_line();
  bool refuse(std::string_view reason);

  State state_ = State::kSize;
  std::uint64_t chunk_left_ = 0;
  std::size_t size_digits_ = 0;
  std::size_t extension_bytes_ = 0;
  bool extension_named_ = false;  // a `;` was seen
  std::size_t trailer_bytes_ = 0;
  std::string line_;
  std::string trailers_;
  Reject reject_;
};

// One body of any framing.
class BodyReader {
 public:
  enum class Kind : std::uint8_t { kNone, kLength, kChunked, kUntilClose };

  void start_none();
  void start_length(std::uint64_t bytes);
  void start_chunked();
  void start_until_close();

  BodyStep feed(std::span<char> bytes);
  // The connection ended. True when the body was complete.
  bool on_eof();
  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] Kind kind() const { return kind_; }
  // How many bytes may be read without reading past the end of the body, at most `room`.
  [[nodiscard]] std::size_t wanted(std::size_t room) const;
  [[nodiscard]] std::string_view trailers() const { return chunked_.trailers(); }
  [[nodiscard]] std::uint64_t payload_bytes() const { return payload_bytes_; }

 private:
  Kind kind_ = Kind::kNone;
  bool done_ = true;
  std::uint64_t left_ = 0;
  std::uint64_t payload_bytes_ = 0;
  ChunkedDecoder chunked_;
};

// The pieces to write for some payload, in order. Views into the payload, the trailers and itself.
class BodyFrame {
 public:
  // `chunked`: as a chunk, and with the last chunk and the trailers when `last`. Otherwise the bare
  // payload.
  BodyFrame(std::string_view payload, bool chunked, bool last, std::string_view trailers);
  BodyFrame(const BodyFrame&) = delete;
  BodyFrame& operator=(const BodyFrame&) = delete;

  [[nodiscard]] std::span<const std::string_view> parts() const { return {parts_.data(), count_}; }

 private:
  void add(std::string_view part);

  std::array<char, 20> size_line_{};
  std::array<std::string_view, 6> parts_;
  std::size_t count_ = 0;
};

}  // namespace a67::gateway
