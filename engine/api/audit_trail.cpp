#include "engine/api/audit_trail.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace a67 {
namespace {

constexpr std::string_view kDone = "done";
constexpr std::int64_t kListed = 100;
constexpr std::size_t kExportBytesMax = std::size_t{16} << 20;

std::unexpected<Error> no_log() {
  return fail(ErrorCode::kConflict, "There is no audit log here: the state is not in a vault.",
              "Create a vault; from then on every command is written down.");
}

Json record_view(const AuditRecord& record) {
  return {{"number", record.number},         {"at", record.event.at},
          {"command", record.event.command}, {"actor", record.event.actor},
          {"target", record.event.target},   {"outcome", record.event.outcome}};
}

}  // namespace

void AuditTrail::add_to(Commands& commands) {
  commands.add("audit.list", this, &AuditTrail::list);
  commands.add("audit.verify", this, &AuditTrail::verify);
  commands.add("audit.export", this, &AuditTrail::export_text);
  commands.record_with([this](std::string name, std::string target, const Error* error) {
    return record(std::move(name), std::move(target),
                  std::string(error == nullptr ? kDone : to_string(error->code)));
  });
}

Task<void> AuditTrail::open(AuditLog* audit, std::string actor) {
  audit_ = audit;
  actor_ = std::move(actor);
  while (!waiting_.empty()) {
    AuditEvent event = std::move(waiting_.front());
    waiting_.pop_front();
    co_await store(std::move(event));
  }
}

Task<void> AuditTrail::record(std::string command, std::string target, std::string outcome) {
  AuditEvent event{.at = clock_.unix_now(),
                   .command = std::move(command),
                   .actor = {},
                   .target = std::move(target),
                   .outcome = std::move(outcome)};
  if (audit_ == nullptr) {
    if (waiting_.size() == kWaitingMax) waiting_.pop_front();
    waiting_.push_back(std::move(event));
    co_return;
  }
  co_await store(std::move(event));
}

// What could not be written down has happened all the same, and is answered.
Task<void> AuditTrail::store(AuditEvent event) {
  event.actor = actor_;
  auto stored = co_await audit_->append(std::move(event));
  if (!stored) {
    log_.write(LogLevel::kError,
               "A command could not be written to the audit log. " + stored.error().message);
  }
}

// ---- commands

Task<Result<Json>> AuditTrail::list(Commands::Context /*context*/, Json body) {
  if (audit_ == nullptr) co_return no_log();
  const auto limit = static_cast<std::uint64_t>(int_or(body, "limit", kListed));
  const auto newest = audit_->last();
  const auto before = std::min(
      newest + 1,
      static_cast<std::uint64_t>(int_or(body, "before", static_cast<std::int64_t>(newest) + 1)));
  const std::uint64_t after = before > limit ? before - limit - 1 : 0;
  auto page = co_await audit_->page(after, static_cast<std::size_t>(limit));
  if (!page) co_return std::unexpected(page.error());
  Json records = Json::array();
  for (auto at = page->records.rbegin(); at != page->records.rend(); ++at) {
    if (at->number < before) records.push_back(record_view(*at));
  }
  co_return Json{{"records", std::move(records)}, {"more", after >= audit_->first()}};
}

Task<Result<Json>> AuditTrail::verify(Commands::Context /*context*/, Json /*body*/) {
  if (audit_ == nullptr) co_return no_log();
  auto verdict = co_await audit_->verify();
  if (!verdict) co_return std::unexpected(verdict.error());
  Json answer = {{"intact", !verdict->broken}, {"records", verdict->records}};
  if (verdict->records > 0) {
    answer["first"] = verdict->first;
    answer["last"] = verdict->last;
  }
  if (verdict->broken) {
    answer["brokenAt"] = verdict->broken->number;
    answer["what"] = verdict->broken->what;
  }
  co_return answer;
}

Task<Result<Json>> AuditTrail::export_text(Commands::Context /*context*/, Json body) {
  if (audit_ == nullptr) co_return no_log();
  std::string text;
  auto last = static_cast<std::uint64_t>(int_or(body, "after"));
  bool more = true;
  while (more && text.size() < kExportBytesMax) {
    auto page = co_await audit_->page(last, AuditLog::kPageMax);
    if (!page) co_return std::unexpected(page.error());
    text += audit_lines(page->records);
    last = page->last;
    more = page->more;
  }
  co_return Json{{"text", std::move(text)}, {"last", last}, {"more", more}};
}

}  // namespace a67
