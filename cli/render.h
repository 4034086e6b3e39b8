// Answers as people read them. Pure: JSON in, text out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/table.h"
#include "engine/base/json.h"

namespace a67::cli {

struct View {
  TableStyle style;
  std::int64_t now_unix_ms = 0;  // for "3 s ago"
};

// The answer to a command of the contract.
std::string answer_text(std::string_view command, const Json& body, const View& view);
// One event of a running engine; empty when it is not worth a line.
std::string event_text(std::string_view name, const Json& body, const View& view);
// One line of an app's log.
std::string log_line_text(const Json& line, const View& view);
// One line of the activity.
std::string activity_line_text(const Json& activity, const View& view);
// What happened, why, and what to do next, with the last lines of a build or an app.
std::string error_text(const Json& error, bool color);

// Apps, nodes and the vault in detail; used by answer_text.
std::string app_text(const Json& app, const View& view);
std::string plan_text(const Json& plan, const View& view);
std::string vault_text(const Json& vault, const View& view);
std::string workspaces_text(const Json& workspaces, const View& view);
// What was written; `vault` as it is now.
std::string backup_text(const Json& backup, const Json& vault);
// What is in a backup, and what restoring it would change.
std::string preview_text(const Json& preview, bool replace, const View& view);
std::string restored_text(const Json& restored);
std::string metrics_text(const Json& points, const View& view);

// What is kept beside the state; likewise.
std::string history_text(const Json& answer, const View& view);
std::string undone_text(const Json& answer);
std::string audit_text(const Json& answer, const View& view);
std::string verdict_text(const Json& answer, const View& view);
std::string secrets_text(const Json& secrets, const View& view);
std::string storage_text(const Json& storage, const View& view);

// Providers and accounts; likewise.
std::string providers_text(const Json& providers, const View& view);
std::string accounts_text(const Json& accounts, const View& view);
std::string account_text(const Json& answer, const View& view);
std::string made_text(const Json& made, const View& view);

}  // namespace a67::cli
