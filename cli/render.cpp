#include "cli/render.h"

#include <functional>
#include <map>

#include "cli/text.h"

namespace a67::cli {
namespace {

Cell state_cell(const Json& value) {
  const std::string state = string_or(value, "state");
  return {.text = state, .tone = tone_of_state(state)};
}

std::string ago(std::int64_t unix_ms, const View& view) {
  return unix_ms == 0 ? "never" : duration_text(view.now_unix_ms - unix_ms) + " ago";
}

std::string ready_of(const Json& app) {
  return std::to_string(int_or(app, "replicasReady")) + "/" +
         std::to_string(int_or(app, "replicasWanted"));
}

std::string attention_text(const Json& item, const View& view) {
  const auto found = item.find("attention");
  if (found == item.end() || !found->is_object()) return {};
  std::string line = toned("!", Tone::kWarning, view.style.color) + " " + string_or(item, "name") +
                     ": " + printable(string_or(*found, "message"));
  if (const std::string hint = string_or(*found, "hint"); !hint.empty()) line += " " + hint;
  return line + "\n";
}

std::string nodes_text(const Json& nodes, const View& view) {
  if (nodes.empty()) {
    return "No nodes yet. Claim the first one: automator67 claim <url> <code>\n";
  }
  Table table({"NODE", "STATE", "ROLE", "REPLICAS", "CPU", "MEMORY", "LAST WORD", "URL"});
  std::string notes;
  for (const Json& node : nodes) {
    const Json& load = object_at(node, "load");
    const auto percent = [&](const char* key) {
      return load.contains(key) ? number_text(number_or(load, key), 0) + " %" : std::string("-");
    };
    table.add({{.text = string_or(node, "name")},
               state_cell(node),
               {.text = string_or(node, "role")},
               {.text = std::to_string(int_or(node, "replicas"))},
               {.text = percent("cpuPercent")},
               {.text = percent("memoryPercent")},
               {.text = ago(int_or(node, "lastSeen"), view)},
               {.text = string_or(node, "url")}});
    notes += attention_text(node, view);
  }
  return table.text(view.style) + notes;
}

std::string apps_text(const Json& apps, const View& view) {
  if (apps.empty()) return "No apps yet. Deploy the first one: automator67 deploy <folder>\n";
  Table table({"APP", "STATE", "REPLICAS", "RELEASE", "REQ/S", "P95", "URL"});
  std::string notes;
  for (const Json& app : apps) {
    const Json& release = object_at(app, "release");
    table.add({{.text = string_or(app, "name")},
               state_cell(app),
               {.text = ready_of(app)},
               {.text = release.empty() ? "-" : string_or(release, "id")},
               {.text = number_text(number_or(app, "requestsPerSecond"), 1)},
               {.text = number_text(number_or(app, "p95Ms"), 1) + " ms"},
               {.text = string_or(app, "url")}});
    notes += attention_text(app, view);
  }
  return table.text(view.style) + notes;
}

std::string state_text(const Json& state, const View& view) {
  const Json& controller = object_at(state, "controller");
  std::string text = "Controller " + string_or(controller, "id").substr(0, 8) + ", epoch " +
                     std::to_string(int_or(controller, "epoch")) + ", " +
                     string_or(controller, "state") +
                     (bool_or(controller, "online", true) ? "" : ", offline") + "\n\n";
  text += nodes_text(array_at(state, "nodes"), view) + "\n";
  return text + apps_text(array_at(state, "apps"), view);
}

std::string claimed_text(const Json& node) {
  return "Claimed " + string_or(node, "name") + " (" + string_or(node, "role") + ") at " +
         string_or(node, "url") + ".\n";
}

std::string rollout_text(const Json& body) {
  const Json& app = object_at(body, "app");
  const Json& deployment = object_at(body, "deployment");
  std::string text = string_or(app, "name") + ": " + string_or(app, "state") + ", " +
                     ready_of(app) + " replicas ready";
  if (const std::string release = string_or(deployment, "release"); !release.empty()) {
    text += ", release " + release;
  }
  if (const std::string url = string_or(app, "url"); !url.empty()) text += "\n" + url;
  return text + "\n";
}

std::string settings_text(const Json& settings) {
  std::string text = "Heartbeat every " + std::to_string(int_or(settings, "heartbeatSeconds")) +
                     " s\nBalance weights:";
  for (const auto& [name, percent] : object_at(settings, "weights").items()) {
    text += " " + name + " " + percent.dump() + " %";
  }
  return text + "\n";
}

std::string activity_text(const Json& activity, const View& view) {
  std::string text;
  for (const Json& line : activity) text += activity_line_text(line, view);
  return text.empty() ? "Nothing has happened yet.\n" : text;
}

}  // namespace

std::string activity_line_text(const Json& activity, const View& view) {
  const std::string level = string_or(activity, "level");
  const Tone tone = level == "error"     ? Tone::kBad
                    : level == "warning" ? Tone::kWarning
                                         : Tone::kPlain;
  return toned(clock_text(int_or(activity, "at")), Tone::kFaint, view.style.color) + " " +
         toned(printable(string_or(activity, "message")), tone, view.style.color) + "\n";
}

std::string log_line_text(const Json& line, const View& view) {
  const std::string stream = string_or(line, "stream");
  const Tone tone = stream == "stderr"   ? Tone::kWarning
                    : stream == "stdout" ? Tone::kPlain
                                         : Tone::kFaint;
  const std::string head = clock_text(int_or(line, "at")) + " " + string_or(line, "replica") + " |";
  return toned(head, Tone::kFaint, view.style.color) + " " +
         toned(printable(string_or(line, "text")), tone, view.style.color) + "\n";
}

std::string error_text(const Json& error, bool color) {
  std::string text = toned("automator67:", Tone::kBad, color) + " " +
                     printable(string_or(error, "message", "Something failed.")) + "\n";
  if (const std::string field = string_or(error, "field"); !field.empty()) {
    text += "  at: " + printable(field) + "\n";
  }
  if (const std::string hint = string_or(error, "hint"); !hint.empty()) {
    text += "  " + printable(hint) + "\n";
  }
  const Json& lines = array_at(error, "lines");
  if (!lines.empty()) text += "  Last lines:\n";
  for (const Json& line : lines) {
    if (line.is_string()) text += "  | " + printable(line.get<std::string>()) + "\n";
  }
  return text;
}

std::string event_text(std::string_view name, const Json& body, const View& view) {
  // Everything that matters becomes a line of the activity; the other events carry whole views.
  if (name == "activity.added") return activity_line_text(object_at(body, "activity"), view);
  if (name == "controller.changed") {
    const Json& controller = object_at(body, "controller");
    return std::string("Controller is ") + string_or(controller, "state") +
           (bool_or(controller, "online", true) ? ", online.\n" : ", offline.\n");
  }
  return {};
}

std::string answer_text(std::string_view command, const Json& body, const View& view) {
  using Render = std::function<std::string(const Json&, const View&)>;
  const auto said = [](const char* words) {
    return [words](const Json&, const View&) { return std::string(words); };
  };
  const auto claimed = [](const Json& answer, const View&) {
    return claimed_text(object_at(answer, "node"));
  };
  const auto rollout = [](const Json& answer, const View&) { return rollout_text(answer); };
  const auto vault = [](const Json& answer, const View& v) {
    return vault_text(object_at(answer, "vault"), v);
  };
  static const std::map<std::string_view, Render> kRenders = {
      {"engine.state", state_text},
      {"node.claim", claimed},
      {"node.list",
       [](const Json& answer, const View& v) { return nodes_text(array_at(answer, "nodes"), v); }},
      {"node.remove", said("Removed.\n")},
      {"node.make", claimed},
      {"node.made",
       [](const Json& answer, const View& v) { return made_text(array_at(answer, "made"), v); }},
      {"node.unmake", said("Removed, from the fleet and at the provider.\n")},
      {"deploy.plan",
       [](const Json& answer, const View& v) { return plan_text(object_at(answer, "plan"), v); }},
      {"app.deploy", rollout},
      {"app.rollback", rollout},
      {"app.scale", rollout},
      {"app.restart", rollout},
      {"app.start", rollout},
      {"app.cancel",
       [](const Json& answer, const View&) {
         return "Cancelled. " + string_or(object_at(answer, "deployment"), "step") + "\n";
       }},
      {"app.stop",
       [](const Json& answer, const View&) {
         return string_or(object_at(answer, "app"), "name") + " is stopped.\n";
       }},
      {"app.remove", said("Removed.\n")},
      {"app.list",
       [](const Json& answer, const View& v) { return apps_text(array_at(answer, "apps"), v); }},
      {"app.get",
       [](const Json& answer, const View& v) { return app_text(object_at(answer, "app"), v); }},
      {"app.logs", said("")},
      {"app.metrics", [](const Json& answer,
                         const View& v) { return metrics_text(array_at(answer, "points"), v); }},
      {"activity.list",
       [](const Json& answer, const View& v) {
         return activity_text(array_at(answer, "activity"), v);
       }},
      {"history.list", history_text},
      {"history.undo", [](const Json& answer, const View&) { return undone_text(answer); }},
      {"audit.list", audit_text},
      {"audit.verify", verdict_text},
      {"audit.export", [](const Json& answer, const View&) { return string_or(answer, "text"); }},
      {"secret.list", [](const Json& answer,
                         const View& v) { return secrets_text(array_at(answer, "secrets"), v); }},
      {"secret.remove", said("Removed.\n")},
      {"provider.list",
       [](const Json& answer, const View& v) {
         return providers_text(array_at(answer, "providers"), v);
       }},
      {"account.list",
       [](const Json& answer, const View& v) {
         return accounts_text(array_at(answer, "accounts"), v);
       }},
      {"account.get", account_text},
      {"account.connect", account_text},
      {"account.change", account_text},
      {"account.verify", account_text},
      {"account.rotate", account_text},
      {"account.run",
       [](const Json& answer, const View&) { return object_at(answer, "output").dump(2) + "\n"; }},
      {"account.disconnect", said("Forgotten. End the token at the provider, too.\n")},
      {"storage.status",
       [](const Json& answer, const View& v) {
         return storage_text(object_at(answer, "storage"), v);
       }},
      {"settings.get", [](const Json& answer,
                          const View&) { return settings_text(object_at(answer, "settings")); }},
      {"settings.set", [](const Json& answer,
                          const View&) { return settings_text(object_at(answer, "settings")); }},
      {"vault.status", vault},
      {"vault.rotate", vault},
      {"vault.workspaces",
       [](const Json& answer, const View& v) {
         return workspaces_text(array_at(answer, "workspaces"), v);
       }},
  };
  const auto found = kRenders.find(command);
  return found == kRenders.end() ? dump_json(body) + "\n" : found->second(body, view);
}

}  // namespace a67::cli
