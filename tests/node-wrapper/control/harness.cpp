#include "tests/node-wrapper/control/harness.h"

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch_amalgamated.hpp>
#include <fstream>
#include <future>
#include <iterator>
#include <utility>

namespace a67::test {

namespace net = boost::asio;
using net::ip::tcp;

std::vector<LogLine> CountedLogTap::take(std::size_t count_max) {
  const auto count = static_cast<std::ptrdiff_t>(std::min(count_max, waiting.size()));
  std::vector<LogLine> lines(waiting.begin(), waiting.begin() + count);
  waiting.erase(waiting.begin(), waiting.begin() + count);
  return lines;
}

SmallWorkload::SmallWorkload(const std::string& folder)
    : store_(*ReleaseStore::open(folder, {.archive_bytes_max = std::uint64_t{64} << 20,
                                          .free_bytes_min = 0,
                                          .archive_idle_ms = 3'600'000})) {}

void SmallWorkload::observe(NodeStatus& status) {
  status.node.cpus = 2;
  status.node.limits = "rlimit";
  status.node.runtimes = {"node 20"};
  status.replicas = replicas;
}

Result<Upload> SmallWorkload::begin_upload(const std::string& sha256, ArchiveFormat format,
                                           std::optional<std::uint64_t> announced_bytes) {
  return store_.begin_upload(sha256, format, announced_bytes);
}

void SmallWorkload::finish_upload(Upload upload, std::function<void(Result<std::uint64_t>)> done) {
  done(upload.finish());
}

Result<std::unique_ptr<LogTap>> SmallWorkload::open_logs(const LogsRequest& request,
                                                         std::function<void()> more) {
  if (request.app != "guestbook") return fail(ErrorCode::kNotFound, "No such app.");
  auto tap = std::make_unique<CountedLogTap>();
  const auto tail = std::min<std::size_t>(static_cast<std::size_t>(request.tail), old_lines.size());
  tap->waiting.assign(old_lines.end() - static_cast<std::ptrdiff_t>(tail), old_lines.end());
  tap_ = tap.get();
  more_ = std::move(more);
  return tap;
}

void SmallWorkload::add_log_line(const LogLine& line) {
  if (tap_ == nullptr) return;
  tap_->waiting.push_back(line);
  more_();
}

std::string Answer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string{} : found->second;
}

std::string Answer::code() const { return string_or(object_at(json(), "error"), "code"); }

Sensitive<Seed> Controller::make_seed(std::uint8_t number) {
  Seed seed{};
  seed[0] = number;
  return Sensitive<Seed>(seed);
}

std::string Controller::token(const NodeId& node, const std::string& action,
                              std::optional<std::string> body, UnixMs now,
                              const std::function<void(OrderClaims&)>& change) {
  OrderClaims claims;
  claims.audience = node;
  claims.issued_at = now / 1000;
  claims.expires_at = claims.issued_at + 30;
  ++tokens_;
  claims.id = {key.public_key()[0], static_cast<std::uint8_t>(tokens_ & 0xFF),
               static_cast<std::uint8_t>(tokens_ >> 8)};
  claims.epoch = epoch;
  claims.action = action;
  if (body) claims.sum = sha256(*body);
  if (change) change(claims);
  return make_order_token(key, claims);
}

ControlApi::Options Harness::default_options() {
  return {.role = NodeRole::kWorker,
          .version = "0.1.0",
          .boot_id = "boot-1",
          .gateway_url = "http://127.0.0.1:4701",
          .own_names = {"node.example"},
          .metrics_open = false};
}

Harness::Harness(ControlApi::Options options, ControlServerOptions limits, RelayRules relay,
                 const Site* site)
    : options_(std::move(options)),
      limits_(limits),
      relay_rules_(std::move(relay)),
      site_(site),
      log_(LogLevel::kInfo, "node-1", clock, [this](std::string_view line) {
        const std::scoped_lock lock(log_mutex_);
        log_text_ += line;
      }) {
  start();
}

Harness::~Harness() { stop(); }

void Harness::start() {
  running_ = std::make_unique<Running>();
  auto file = NodeRecordFile::open(folder_.path(), "node-1", random_);
  REQUIRE(file);
  running_->file = std::make_unique<NodeRecordFile>(std::move(*file));
  node_ = running_->file->record().id;
  running_->workload = std::make_unique<SmallWorkload>(folder_.path() + "/releases");
  running_->authority = std::make_unique<Authority>(*running_->file, clock, random_);
  running_->relay = std::make_unique<Relay>(running_->context, relay_rules_, log_);
  running_->api = std::make_unique<ControlApi>(options_,
                                               ControlApi::Parts{.authority = *running_->authority,
                                                                 .workload = *running_->workload,
                                                                 .clock = clock,
                                                                 .log = log_,
                                                                 .relay = running_->relay.get(),
                                                                 .site = site_},
                                               DesiredFile(folder_.path()));
  running_->server = std::make_unique<ControlServer>(running_->context, *running_->api, limits_);
  REQUIRE(running_->api->resume());
  const auto port = running_->server->listen("127.0.0.1", 0);
  REQUIRE(port);
  port_ = *port;
  running_->thread = std::thread([this] { running_->context.run(); });
}

void Harness::stop() {
  net::post(running_->context, [this] { running_->server->stop(); });
  running_->thread.join();  // returns when every connection has ended
}

void Harness::restart() {
  stop();
  start();
}

void Harness::on_control(const std::function<void()>& action) {
  std::promise<void> done;
  net::post(running_->context, [&] {
    action();
    done.set_value();
  });
  done.get_future().wait();
}

Screening Harness::screen(const ControlHead& head) {
  Screening screening;
  on_control([&] { screening = running_->api->screen(head); });
  return screening;
}

std::string Harness::log() const {
  const std::scoped_lock lock(log_mutex_);
  return log_text_;
}

std::string Harness::claim_code() const {
  std::ifstream file(folder() + "/claim-code");
  std::string code;
  std::getline(file, code);
  return code;
}

std::string send_raw(std::uint16_t port, const std::string& bytes) {
  net::io_context context;
  tcp::socket socket(context);
  socket.connect({net::ip::make_address("127.0.0.1"), port});
  boost::system::error_code error;
  net::write(socket, net::buffer(bytes), error);
  std::string text;
  net::read(socket, net::dynamic_buffer(text), error);
  return text;
}

Answer send_request(std::uint16_t port, const std::string& method, const std::string& target,
                    HeaderList headers, const std::string& body) {
  std::string request = method + " " + target + " HTTP/1.1\r\nConnection: close\r\n";
  const bool has_host =
      std::ranges::any_of(headers, [](const auto& header) { return header.first == "Host"; });
  if (!has_host) headers.emplace_back("Host", "127.0.0.1:" + std::to_string(port));
  if (!body.empty()) headers.emplace_back("Content-Length", std::to_string(body.size()));
  for (const auto& [name, value] : headers) request += name + ": " + value + "\r\n";
  const std::string text = send_raw(port, request + "\r\n" + body);

  Answer answer;
  const std::size_t end = text.find("\r\n\r\n");
  REQUIRE(end != std::string::npos);
  answer.body = text.substr(end + 4);
  answer.status = std::stoi(text.substr(9, 3));
  for (std::size_t at = text.find("\r\n") + 2; at < end;) {
    const std::size_t next = std::min(text.find("\r\n", at), end);
    const std::string line = text.substr(at, next - at);
    const std::size_t colon = line.find(": ");
    std::string name = line.substr(0, colon);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    answer.headers.emplace(name, line.substr(colon + 2));
    at = next + 2;
  }
  return answer;
}

Answer send_order(std::uint16_t port, const NodeId& node, UnixMs now, Controller& controller,
                  const std::string& method, const std::string& target, const std::string& body,
                  HeaderList headers) {
  const std::string path = target.substr(0, target.find('?'));
  std::optional<std::string> signed_body;
  if (method != "GET" && !path.starts_with(kReleasesPath)) signed_body = body;
  const std::string token = controller.token(node, method + " " + path, signed_body, now);
  headers.emplace_back("Authorization", "Bearer " + token);
  return send_request(port, method, target, std::move(headers), body);
}

std::string claim_body(const Controller& controller, const std::string& code) {
  const ClaimRequest request{.code = WireSecret<std::string>(code),
                             .public_key = base64url_encode(controller.key.public_key()),
                             .controller_name = "laptop"};
  return dump_json(to_json(request));
}

Answer Harness::order(Controller& controller, const std::string& method, const std::string& target,
                      const std::string& body, HeaderList headers) {
  return send_order(port_, node_, clock.now, controller, method, target, body, std::move(headers));
}

Answer Harness::claim(Controller& controller, const std::string& code, HeaderList headers) {
  return order(controller, "POST", "/v1/claim", claim_body(controller, code), std::move(headers));
}

void Harness::claimed_by(Controller& controller, HeaderList headers) {
  REQUIRE(claim(controller, claim_code(), std::move(headers)).status == 200);
}

Json desired_json(std::int64_t epoch, std::int64_t revision) {
  DesiredState desired;
  desired.epoch = epoch;
  desired.revision = revision;
  DesiredReplica& replica = desired.replicas.emplace_back();
  replica.id = ReplicaId("guestbook-r1-a");
  replica.app = "guestbook";
  replica.release = ReleaseId("guestbook-r1");
  replica.source.sha256 = std::string(64, 'a');
  replica.spec.env.emplace("PASSWORD", WireSecret<std::string>("planted-env-secret"));
  return to_json(desired);
}

}  // namespace a67::test
