// HTTP/1.1 message heads (RFC 9112): an incremental parser for requests and responses.
//
// It decides whether the bytes are a head we are willing to forward, and how its body is framed. It
// is pure, and allocates nothing: a head is a list of views into the caller's buffer.
//
// Why so strict: a proxy and the app behind it must agree on where a message ends. Whatever two
// parsers read differently (both lengths, bare LF, folded lines, blanks before a colon) lets one
// client's bytes become the next client's request, so all of it is refused instead of repaired.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace a67::gateway {

inline constexpr std::size_t kHeadBytesMax = std::size_t{32} * 1024;
inline constexpr std::size_t kHeadersMax = 128;
inline constexpr std::size_t kTargetBytesMax = std::size_t{8} * 1024;
inline constexpr std::size_t kMethodBytesMax = 32;

// Headers the gateway acts on; everything else is kOther and passes as it is.
enum class Known : std::uint8_t {
  kOther,
  kAccept,
  kConnection,
  kContentLength,
  kExpect,
  kForwarded,  // Forwarded, X-Real-IP: names of the client that only a trusted hop may give
  kForwardedFor,
  kForwardedHost,
  kForwardedPrefix,
  kForwardedProto,
  kHopByHop,  // Keep-Alive, Proxy-Connection, TE
  kHost,
  kKeepAlive,
  kLocation,
  kMeshHop,
  kMeshLoad,
  kMeshMac,
  kMeshReason,
  kRequestId,
  kTransferEncoding,
  kUpgrade,
  // Written with `_` for `-`. Gateway interfaces (WSGI, CGI) map both to one variable, so such a
  // copy could stand in for a header that we control: it is dropped.
  kShadow,
};

struct Header {
  std::string_view name;
  std::string_view value;
  Known known = Known::kOther;
};

// Why a message is refused. `reason` is a fixed text for people; `status` is what a client is told.
struct Reject {
  int status = 0;
  std::string_view reason;
};

enum class Progress : std::uint8_t { kNeedMore, kComplete, kRejected };

enum class Method : std::uint8_t {
  kGet,
  kHead,
  kPost,
  kPut,
  kDelete,
  kOptions,
  kTrace,
  kPatch,
  kConnect,
  kOther
};

// GET, HEAD, OPTIONS, TRACE: sending one twice does no harm (RFC 9110 section 9.2.1).
bool is_safe(Method method);

// What requests and responses have in common. Views point into the buffer given to feed().
class Head {
 public:
  [[nodiscard]] std::span<const Header> headers() const { return {headers_.data(), header_count_}; }
  // The first header of that kind; empty when there is none.
  [[nodiscard]] std::string_view find(Known known) const;
  // True when a Connection header names this header, which then ends here.
  [[nodiscard]] bool is_connection_listed(std::string_view name) const;
  [[nodiscard]] const Reject& reject() const { return reject_; }
  // The bytes of the head, with its empty line. REQUIRES: complete.
  [[nodiscard]] std::size_t bytes() const { return line_start_; }

  int version_minor = 1;
  bool connection_close = false;
  bool connection_keep_alive = false;
  bool connection_upgrade = false;
  bool chunked = false;
  std::optional<std::uint64_t> content_length;

 protected:
  void reset_common();
  // Finds the complete lines in `bytes` and hands them to `on_start_line` and the header parser.
  template <class OnStartLine>
  Progress feed_lines(std::string_view bytes, OnStartLine on_start_line);
  Progress refuse(int status, std::string_view reason);
  // Content-Length, Transfer-Encoding and Connection, once all headers are known.
  bool read_common_headers(int status_on_error);

  std::array<Header, kHeadersMax> headers_;
  std::size_t header_count_ = 0;
  bool connection_lists_others_ = false;
  bool shadows_ = false;  // whether `_` names are looked at (requests only)
  Reject reject_;

 private:
  bool add_header(std::string_view line);
  bool read_content_length(std::string_view value);
  bool read_transfer_encoding(std::string_view value);
  void read_connection(std::string_view value);

  std::size_t line_start_ = 0;
  std::size_t scanned_ = 0;
  std::size_t empty_lines_ = 0;
  bool has_start_line_ = false;
};

class RequestHead : public Head {
 public:
  void reset();
  // `bytes` is everything received so far, from the first byte of the head on; on each call the
  // same bytes at the same address, and more. Bytes behind the head are left alone.
  Progress feed(std::string_view bytes);

  [[nodiscard]] bool has_body() const { return chunked || content_length.value_or(0) > 0; }

  Method method = Method::kOther;
  std::string_view method_text;
  std::string_view target;     // origin form (`/path?query`), or `*` for OPTIONS
  std::string_view authority;  // Host, or the authority of an absolute-form target
  bool expects_continue = false;
  bool keep_alive = true;
  std::string_view upgrade;  // the protocol asked for; empty when none, or none that we pass on

 private:
  bool on_request_line(std::string_view line);
  bool read_target(std::string_view text);
  bool finish();
  bool finish_host();
};

class ResponseHead : public Head {
 public:
  void reset();
  Progress feed(std::string_view bytes);

  // 1xx, 204, 304 and answers to HEAD end with their head (RFC 9112 section 6.3).
  [[nodiscard]] bool has_body(Method request) const;

  int status = 0;
  std::string_view reason_phrase;
  bool keep_alive = true;

 private:
  bool on_status_line(std::string_view line);
  bool finish();
};

// One `name: value` line without its CRLF, as in a trailer section. Nothing when it is malformed.
std::optional<Header> parse_header_line(std::string_view line);

// Equal but for the case of ASCII letters. REQUIRES: `lower` is in lower case.
bool equals_ignoring_case(std::string_view text, std::string_view lower);

// The next element of a comma-separated list, trimmed; `rest` loses it. Elements may be empty.
std::string_view next_list_element(std::string_view& rest);

}  // namespace a67::gateway
