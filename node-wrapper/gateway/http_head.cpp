#include "node-wrapper/gateway/http_head.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "node-wrapper/gateway/http_known.h"
#include "node-wrapper/gateway/http_syntax.h"

namespace a67::gateway {
namespace {

// Room a request line needs beside its target: method, two blanks, version.
constexpr std::size_t kRequestLineExtra = kMethodBytesMax + 16;
// Clients of old send an empty line behind a body (RFC 9112 section 2.2).
constexpr std::size_t kEmptyLinesMax = 2;

}  // namespace

bool is_safe(Method method) {
  return method == Method::kGet || method == Method::kHead || method == Method::kOptions ||
         method == Method::kTrace;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (to_lower(text[i]) != lower[i]) return false;
  }
  return true;
}

std::string_view next_list_element(std::string_view& rest) {
  const std::size_t comma = rest.find(',');
  const std::string_view element = trim_blanks(rest.substr(0, comma));
  rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  return element;
}

std::optional<Header> parse_header_line(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trim_blanks(line.substr(colon + 1));
  // A blank is no token character: this refuses `Name :` and folded lines as well.
  if (!all_of_class(name, kToken) || !all_of_class(value, kValue)) return std::nullopt;
  return Header{.name = name, .value = value, .known = Known::kOther};
}

std::string_view Head::find(Known known) const {
  for (const Header& header : headers()) {
    if (header.known == known) return header.value;
  }
  return {};
}

bool Head::is_connection_listed(std::string_view name) const {
  if (!connection_lists_others_) return false;
  for (const Header& header : headers()) {
    if (header.known != Known::kConnection) continue;
    std::string_view rest = header.value;
    while (!rest.empty()) {
      const std::string_view element = next_list_element(rest);
      if (std::ranges::equal(element, name, {}, to_lower, to_lower)) return true;
    }
  }
  return false;
}

void Head::reset_common() {
  version_minor = 1;
  connection_close = connection_keep_alive = connection_upgrade = chunked = false;
  content_length.reset();
  header_count_ = 0;
  connection_lists_others_ = false;
  reject_ = {};
  line_start_ = scanned_ = empty_lines_ = 0;
  has_start_line_ = false;
}

Progress Head::refuse(int status, std::string_view reason) {
  reject_ = {.status = status, .reason = reason};
  return Progress::kRejected;
}

template <class OnStartLine>
Progress Head::feed_lines(std::string_view bytes, OnStartLine on_start_line) {
  while (true) {
    const std::size_t end = bytes.find('\n', scanned_);
    if (end == std::string_view::npos) {
      scanned_ = bytes.size();
      // No head starts like this: say so now instead of waiting for the rest of, say, a TLS
      // greeting.
      if (!has_start_line_ && line_start_ < bytes.size() && bytes[line_start_] != '\r' &&
          !is_class(bytes[line_start_], kToken)) {
        return refuse(400, "the request does not start with a method");
      }
      if (!has_start_line_ && bytes.size() - line_start_ > kTargetBytesMax + kRequestLineExtra) {
        return refuse(414, "the request target is too long");
      }
      if (bytes.size() >= kHeadBytesMax) return refuse(431, "the head is larger than 32 KiB");
      return Progress::kNeedMore;
    }
    if (end >= kHeadBytesMax) return refuse(431, "the head is larger than 32 KiB");
    if (end == line_start_ || bytes[end - 1] != '\r') {
      return refuse(400, "a line ends with LF alone");
    }
    const std::string_view line = bytes.substr(line_start_, end - 1 - line_start_);
    line_start_ = scanned_ = end + 1;
    if (!has_start_line_) {
      if (line.empty() && empty_lines_++ < kEmptyLinesMax) continue;
      if (!on_start_line(line)) return Progress::kRejected;
      has_start_line_ = true;
    } else if (line.empty()) {
      return Progress::kComplete;
    } else if (!add_header(line)) {
      return Progress::kRejected;
    }
  }
}

bool Head::add_header(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') {
    refuse(400, "a header is folded over two lines");
    return false;
  }
  if (header_count_ == kHeadersMax) {
    refuse(431, "there are more than 128 headers");
    return false;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 ||
      !all_of_class(line.substr(0, colon), kToken)) {
    refuse(400, "a header name is malformed");
    return false;
  }
  Header& header = headers_[header_count_];
  header.name = line.substr(0, colon);
  header.value = trim_blanks(line.substr(colon + 1));
  if (!all_of_class(header.value, kValue)) {
    refuse(400, "a header value has control characters");
    return false;
  }
  header.known = classify_header(header.name, shadows_);
  ++header_count_;
  return true;
}

bool Head::read_content_length(std::string_view value) {
  // 18 digits: no sum with it can overflow.
  std::uint64_t length = 0;
  const bool digits = !value.empty() && value.size() <= 18 &&
                      std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
  if (digits) std::from_chars(value.data(), value.data() + value.size(), length);
  if (!digits || (content_length && *content_length != length)) return false;
  content_length = length;
  return true;
}

void Head::read_connection(std::string_view value) {
  while (!value.empty()) {
    const std::string_view option = next_list_element(value);
    if (equals_ignoring_case(option, "close")) {
      connection_close = true;
    } else if (equals_ignoring_case(option, "keep-alive")) {
      connection_keep_alive = true;
    } else if (equals_ignoring_case(option, "upgrade")) {
      connection_upgrade = true;
    } else if (!option.empty()) {
      connection_lists_others_ = true;
    }
  }
}

bool Head::read_transfer_encoding(std::string_view value) {
  if (equals_ignoring_case(value, "chunked") && !chunked) {
    chunked = true;
    return true;
  }
  std::string_view rest = value;
  std::string_view last;
  bool chunked_before = chunked;
  while (!rest.empty()) {
    chunked_before = chunked_before || equals_ignoring_case(last, "chunked");
    last = next_list_element(rest);
  }
  // A coding we do not know but whose end we could find is "not implemented"; anything else has no
  // known end.
  const bool known_end = equals_ignoring_case(last, "chunked") && !chunked_before;
  refuse(known_end ? 501 : 400, "the transfer encoding is not a single chunked");
  return false;
}

bool Head::read_common_headers(int status_on_error) {
  for (const Header& header : headers()) {
    if (header.known == Known::kConnection) {
      read_connection(header.value);
    } else if (header.known == Known::kContentLength) {
      if (!read_content_length(header.value)) {
        refuse(400, "Content-Length is malformed or given twice");
        return false;
      }
    } else if (header.known == Known::kTransferEncoding) {
      if (!read_transfer_encoding(header.value)) return false;
    }
  }
  if (chunked && content_length) {
    refuse(status_on_error, "both Content-Length and Transfer-Encoding are given");
    return false;
  }
  if (chunked && version_minor == 0) {
    refuse(status_on_error, "HTTP/1.0 knows no Transfer-Encoding");
    return false;
  }
  return true;
}

void RequestHead::reset() {
  reset_common();
  shadows_ = true;
  method = Method::kOther;
  method_text = target = authority = upgrade = {};
  expects_continue = false;
  keep_alive = true;
}

Progress RequestHead::feed(std::string_view bytes) {
  const Progress progress =
      feed_lines(bytes, [this](std::string_view line) { return on_request_line(line); });
  if (progress != Progress::kComplete) return progress;
  return finish() ? Progress::kComplete : Progress::kRejected;
}

void ResponseHead::reset() {
  reset_common();
  shadows_ = false;
  status = 0;
  reason_phrase = {};
  keep_alive = true;
}

Progress ResponseHead::feed(std::string_view bytes) {
  const Progress progress =
      feed_lines(bytes, [this](std::string_view line) { return on_status_line(line); });
  if (progress != Progress::kComplete) return progress;
  return finish() ? Progress::kComplete : Progress::kRejected;
}

}  // namespace a67::gateway
