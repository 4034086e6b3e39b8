#include "node-wrapper/gateway/exchange.h"

#include <array>
#include <utility>

#include "node-wrapper/gateway/session.h"

namespace a67::gateway {
namespace {

constexpr std::size_t kSpareTextMax = kBlockBytes;

// A buffer that grew for one odd message must not stay that large.
void clear_text(std::string& text) {
  text.clear();
  if (text.capacity() > kSpareTextMax) text.shrink_to_fit();
}

}  // namespace

Exchange::Exchange(Core& core)
    : core_(core), from_upstream_(core.blocks), upload_buffer_(core.blocks) {}

Exchange::~Exchange() = default;

void Exchange::begin(Session& session) {
  session_ = &session;
  request.reset();
  unread_input = false;
  request_body_.start_none();
  first_payload_ = {};
  from_mesh_ = reused_ = body_consumed_ = client_failed_ = upload_broken_ = false;
  reject_ = {};
  last_failure_ = {};
  started_us_ = core_.loop.now_us();
}

void Exchange::end() {
  uploader_.cancel();
  if (!upload_buffer_.empty()) {
    // The beginning of the next request came with the end of this one's body.
    session_->input().clear();
    session_->input().append(upload_buffer_.text());
  }
  upload_buffer_.release();
  from_upstream_.release();
  upstream_.reset();
  replica_.reset();
  only_.reset();
  app_.reset();
  tried_.clear();
  request_id_.clear();
  prefix_.clear();
  clear_text(out_);
  clear_text(held_);
  session_ = nullptr;
}

void Exchange::start_body() {
  Window& input = session_->input();
  input.consume(request.bytes());
  if (request.chunked) {
    request_body_.start_chunked();
  } else {
    request_body_.start_length(request.content_length.value_or(0));
  }
  if (request_body_.done()) return;
  reject_ = too_large(request.content_length.value_or(0));
  if (reject_.status != 0) return;
  const std::span<char> bytes = input.bytes();
  const BodyStep step = request_body_.feed(bytes);
  first_payload_ = {bytes.data(), step.payload};
  input.consume(step.consumed);
  reject_ = step.reject.status != 0 ? step.reject : too_large(request_body_.payload_bytes());
}

Reject Exchange::too_large(std::uint64_t body_bytes) const {
  if (body_bytes <= core_.options.request_body_bytes_max) return {};
  return {.status = 413, .reason = "its body is larger than this gateway takes"};
}

bool Exchange::accept_hop() const {
  const std::optional<MeshKey>& key = core_.routing.mesh_key();
  const std::string_view hop = request.find(Known::kMeshHop);
  if (hop.empty() || !key) return false;
  const std::string_view id = request.find(Known::kRequestId);
  return is_request_id(id) && is_mesh_mac(*key, request.find(Known::kMeshMac), hop, id,
                                          request.method_text, request.target);
}

Task<bool> Exchange::serve() {
  core_.requests.add(1);
  core_.rate.add();
  const std::string_view id = request.find(Known::kRequestId);
  request_id_ = is_request_id(id) ? std::string(id) : core_.make_request_id();
  from_mesh_ = accept_hop();
  target_ = request.target;
  start_body();
  if (reject_.status != 0) co_return co_await answer_reject();
  if (from_mesh_) co_return co_await answer_hop();
  app_ = core_.routing.find_control(request.target);
  if (app_) {
    prefix_ = core_.routing.control_prefix();
    target_ = request.target.substr(prefix_.size());
    co_return co_await forward();
  }
  app_ = core_.routing.find_by_host(request.authority);
  if (app_) co_return co_await forward();
  co_return co_await route_by_prefix();
}

Task<bool> Exchange::route_by_prefix() {
  const std::string_view target = request.target;
  if (!target.starts_with("/@")) {
    co_return co_await answer_problem(
        {.status = 404,
         .message = "This is an Automator67 gateway, and no app answers at this address.",
         .hint = "Open an app at its own host name, or at /@name/ on this gateway."},
        {});
  }
  const std::size_t name_end = target.find_first_of("/?", 2);
  const std::string_view name =
      target.substr(2, name_end == std::string_view::npos ? std::string_view::npos : name_end - 2);
  app_ = core_.routing.find_by_name(name);
  if (!app_) {
    co_return co_await answer_problem(
        {.status = 404,
         .message = "No app named \"" + std::string(name) + "\" is deployed behind this gateway.",
         .hint = "Check the name, or deploy the app first."},
        {});
  }
  prefix_ = target.substr(0, name.size() + 2);
  if (name_end == std::string_view::npos || target[name_end] == '?') {
    co_return co_await answer_redirect();
  }
  target_ = target.substr(name_end);
  co_return co_await forward();
}

Task<bool> Exchange::answer_redirect() {
  const bool keep = can_keep_alive();
  out_.assign("HTTP/1.1 308 Permanent Redirect\r\nLocation: ").append(prefix_).append("/");
  out_.append(request.target.substr(prefix_.size()));
  out_.append("\r\nContent-Length: 0\r\n").append(keep ? "" : "Connection: close\r\n");
  if (keep && request.version_minor == 0) out_.append("Connection: keep-alive\r\n");
  out_.append("\r\n");
  unread_input = !request_body_.done();
  const IoResult written = co_await session_->client().write(out_, core_.options.body_idle_timeout);
  co_return keep&& written.ok();
}

Task<bool> Exchange::answer_hop() {
  const std::string_view wanted = request.find(Known::kMeshHop);
  Routing::LocalReplica local = core_.routing.find_local(wanted);
  if (!local.replica) {
    co_return co_await answer_problem(
        {.status = 503,
         .message = "Replica " + std::string(wanted) + " does not run on this node.",
         .hint = "Try again: the routes are being updated."},
        kReasonReplicaGone);
  }
  app_ = std::move(local.app);
  only_ = std::move(local.replica);
  co_return co_await forward();
}

bool Exchange::can_keep_alive() const {
  return request.keep_alive && request_body_.done() && !unread_input && !core_.is_draining();
}

Task<bool> Exchange::answer_reject() {
  unread_input = true;
  co_return co_await answer_problem(
      {.status = reject_.status,
       .message = "The request cannot be forwarded: " + std::string(reject_.reason) + ".",
       .hint = reject_.status == 413 ? "Send less, or in several requests."
                                     : "Correct the request; sending it again will not help."},
      {});
}

Task<bool> Exchange::answer_problem(Problem problem, std::string_view mesh_reason) {
  if (app_) problem.app = app_->name();
  problem.request_id = request_id_;
  const bool keep = can_keep_alive();
  unread_input = unread_input || !request_body_.done();
  count_answer(problem.status);

  const bool json = wants_json(request.find(Known::kAccept));
  const std::string body = json ? problem_json(problem) : problem_html(problem);
  out_.assign("HTTP/1.1 ").append(std::to_string(problem.status)).append(" ");
  out_.append(reason_phrase_of(problem.status)).append("\r\nContent-Type: ");
  out_.append(json ? "application/json" : "text/html; charset=utf-8");
  out_.append("\r\nContent-Length: ").append(std::to_string(body.size()));
  out_.append("\r\nCache-Control: no-store\r\n");
  if (problem.status == 503) out_.append("Retry-After: 2\r\n");
  if (!mesh_reason.empty()) out_.append("A67-Reason: ").append(mesh_reason).append("\r\n");
  if (from_mesh_ && !core_.own_load_text().empty()) {
    out_.append("A67-Load: ").append(core_.own_load_text()).append("\r\n");
  }
  if (!keep) {
    out_.append("Connection: close\r\n");
  } else if (request.version_minor == 0) {
    out_.append("Connection: keep-alive\r\n");
  }
  out_.append("\r\n");
  const std::array<std::string_view, 2> pieces = {
      out_, request.method == Method::kHead ? std::string_view{} : std::string_view(body)};
  const IoResult written =
      co_await session_->client().write(pieces, core_.options.body_idle_timeout);
  co_return keep&& written.ok();
}

void Exchange::count_answer(int status) {
  const bool failed = status >= 500;
  if (failed) core_.errors.add(1);
  core_.error_rate.add(0.01 * ((failed ? 1 : 0) - core_.error_rate.get()));
  if (app_ && failed && !from_mesh_) app_->errors.add(1);
}

}  // namespace a67::gateway
