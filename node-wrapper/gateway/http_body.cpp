#include "node-wrapper/gateway/http_body.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "node-wrapper/gateway/http_known.h"
#include "node-wrapper/gateway/http_syntax.h"

namespace a67::gateway {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

void ChunkedDecoder::reset() {
  state_ = State::kSize;
  chunk_left_ = 0;
  size_digits_ = extension_bytes_ = trailer_bytes_ = 0;
  extension_named_ = false;
  line_.clear();
  trailers_.clear();
  reject_ = {};
}

bool ChunkedDecoder::refuse(std::string_view reason) {
  state_ = State::kBad;
  reject_ = {.status = 400, .reason = reason};
  return false;
}

bool ChunkedDecoder::on_size_char(char c) {
  if (const int digit = hex_value(c); digit >= 0) {
    if (++size_digits_ > kChunkSizeDigitsMax) return refuse("a chunk size is too large");
    chunk_left_ = chunk_left_ * 16 + static_cast<std::uint64_t>(digit);
    return true;
  }
  if (size_digits_ == 0) return refuse("a chunk size is malformed");
  state_ = State::kExtension;
  extension_bytes_ = 0;
  extension_named_ = false;
  return on_extension_char(c);
}

bool ChunkedDecoder::on_extension_char(char c) {
  if (c == '\r') {
    // Blanks may stand before a `;` only.
    if (extension_bytes_ > 0 && !extension_named_) return refuse("a chunk size is malformed");
    state_ = State::kSizeLf;
    return true;
  }
  if (++extension_bytes_ > kChunkExtensionBytesMax) return refuse("a chunk extension is too long");
  if (c == ';') {
    extension_named_ = true;
  } else if (!is_class(c, kValue) || (!extension_named_ && c != ' ' && c != '\t')) {
    return refuse("a chunk size is malformed");
  }
  return true;
}

bool ChunkedDecoder::on_size_end() {
  state_ = chunk_left_ == 0 ? State::kTrailer : State::kData;
  size_digits_ = 0;
  return true;
}

bool ChunkedDecoder::on_trailer_char(char c) {
  if (++trailer_bytes_ > kTrailerBytesMax) return refuse("the trailers are larger than 8 KiB");
  if (c != '\n') {
    line_.push_back(c);
    return true;
  }
  if (!line_.ends_with('\r')) return refuse("a trailer line ends with LF alone");
  line_.pop_back();
  if (line_.empty()) {
    state_ = State::kDone;
    return true;
  }
  return on_trailer_line();
}

bool ChunkedDecoder::on_trailer_line() {
  const std::optional<Header> header = parse_header_line(line_);
  if (!header) return refuse("a trailer is malformed");
  // What we act on in a head must not come in through the back door (RFC 9110 section 6.5.1).
  if (classify_header(header->name, /*shadows=*/true) == Known::kOther) {
    trailers_.append(line_).append("\r\n");
  }
  line_.clear();
  return true;
}

BodyStep ChunkedDecoder::feed(std::span<char> bytes) {
  std::size_t in = 0;
  std::size_t out = 0;
  bool good = state_ != State::kBad;
  while (good && in < bytes.size() && state_ != State::kDone) {
    if (state_ == State::kData) {
      const std::size_t run =
          static_cast<std::size_t>(std::min<std::uint64_t>(chunk_left_, bytes.size() - in));
      if (in != out) std::memmove(bytes.data() + out, bytes.data() + in, run);
      in += run;
      out += run;
      chunk_left_ -= run;
      if (chunk_left_ == 0) state_ = State::kDataCr;
      continue;
    }
    const char c = bytes[in++];
    switch (state_) {
      case State::kSize:
        good = on_size_char(c);
        break;
      case State::kExtension:
        good = on_extension_char(c);
        break;
      case State::kSizeLf:
        good = c == '\n' ? on_size_end() : refuse("a chunk size does not end with CRLF");
        break;
      case State::kDataCr:
        state_ = State::kDataLf;
        if (c != '\r') good = refuse("a chunk does not end with CRLF");
        break;
      case State::kDataLf:
        state_ = State::kSize;
        if (c != '\n') good = refuse("a chunk does not end with CRLF");
        break;
      case State::kTrailer:
        good = on_trailer_char(c);
        break;
      case State::kData:
      case State::kDone:
      case State::kBad:
        break;
    }
  }
  return {.payload = out, .consumed = in, .done = state_ == State::kDone, .reject = reject_};
}

void BodyReader::start_none() {
  kind_ = Kind::kNone;
  done_ = true;
  left_ = payload_bytes_ = 0;
}

void BodyReader::start_length(std::uint64_t bytes) {
  kind_ = Kind::kLength;
  left_ = bytes;
  done_ = bytes == 0;
  payload_bytes_ = 0;
}

void BodyReader::start_chunked() {
  kind_ = Kind::kChunked;
  done_ = false;
  left_ = payload_bytes_ = 0;
  chunked_.reset();
}

void BodyReader::start_until_close() {
  kind_ = Kind::kUntilClose;
  done_ = false;
  left_ = payload_bytes_ = 0;
}

BodyStep BodyReader::feed(std::span<char> bytes) {
  BodyStep step;
  switch (kind_) {
    case Kind::kNone:
      step.done = true;
      break;
    case Kind::kLength:
      step.payload = step.consumed =
          static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
      left_ -= step.payload;
      step.done = left_ == 0;
      break;
    case Kind::kChunked:
      step = chunked_.feed(bytes);
      break;
    case Kind::kUntilClose:
      step.payload = step.consumed = bytes.size();
      break;
  }
  payload_bytes_ += step.payload;
  done_ = step.done;
  return step;
}

bool BodyReader::on_eof() {
  if (kind_ == Kind::kUntilClose) done_ = true;
  return done_;
}

std::size_t BodyReader::wanted(std::size_t room) const {
  if (kind_ != Kind::kLength) return room;
  return static_cast<std::size_t>(std::min<std::uint64_t>(left_, room));
}

void BodyFrame::add(std::string_view part) {
  if (!part.empty()) parts_[count_++] = part;
}

BodyFrame::BodyFrame(std::string_view payload, bool chunked, bool last, std::string_view trailers) {
  if (!chunked) {
    add(payload);
    return;
  }
  if (!payload.empty()) {
    char* const end =
        std::to_chars(size_line_.data(), size_line_.data() + size_line_.size(), payload.size(), 16)
            .ptr;
    end[0] = '\r';
    end[1] = '\n';
    add({size_line_.data(), end + 2});
    add(payload);
    add("\r\n");
  }
  if (last) {
    add("0\r\n");
    add(trailers);
    add("\r\n");
  }
}

}  // namespace a67::gateway
