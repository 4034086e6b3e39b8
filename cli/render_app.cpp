// The views with more than one table: an app, a plan, and the last minutes of an app.
#include <algorithm>

#include "cli/render.h"
#include "cli/text.h"

namespace a67::cli {
namespace {

constexpr std::size_t kPointsShown = 15;

std::string error_line(const Json& reason) {
  std::string line = printable(string_or(reason, "message"));
  if (const std::string hint = string_or(reason, "hint"); !hint.empty()) line += " " + hint;
  return line;
}

std::string replicas_text(const Json& replicas, const View& view) {
  Table table({"REPLICA", "STATE", "NODE", "RELEASE", "CPU", "MEMORY", "REQ/S", "RESTARTS"});
  std::string notes;
  for (const Json& replica : replicas) {
    const std::string state = string_or(replica, "state");
    const auto number = [&](const char* key, const char* unit) {
      return replica.contains(key) ? number_text(number_or(replica, key), 1) + unit
                                   : std::string("-");
    };
    table.add({{.text = string_or(replica, "id")},
               {.text = state, .tone = tone_of_state(state)},
               {.text = string_or(replica, "nodeName")},
               {.text = string_or(replica, "release")},
               {.text = number("cpuPercent", " %")},
               {.text = replica.contains("memoryBytes") ? bytes_text(int_or(replica, "memoryBytes"))
                                                        : "-"},
               {.text = number("requestsPerSecond", "")},
               {.text = std::to_string(int_or(replica, "restarts"))}});
    const Json& reason = object_at(replica, "reason");
    if (!reason.empty())
      notes += "  " + string_or(replica, "id") + ": " + error_line(reason) + "\n";
  }
  return table.empty() ? "" : table.text(view.style) + notes;
}

std::string releases_text(const Json& app, const View& view) {
  const std::string serving = string_or(object_at(app, "release"), "id");
  Table table({"RELEASE", "", "FROM", "RUNTIME", "SIZE", "AGE"});
  for (const Json& release : array_at(app, "releases")) {
    const std::string id = string_or(release, "id");
    table.add({{.text = id},
               {.text = id == serving ? "serves" : "", .tone = Tone::kGood},
               {.text = string_or(release, "source")},
               {.text = string_or(release, "runtime")},
               {.text = bytes_text(int_or(release, "bytes"))},
               {.text = duration_text(view.now_unix_ms - int_or(release, "createdAt"))}});
  }
  return table.empty() ? "" : table.text(view.style);
}

std::string list_text(const Json& list, std::string_view before) {
  std::string text;
  for (const Json& line : list) {
    if (line.is_string()) text += std::string(before) + printable(line.get<std::string>()) + "\n";
  }
  return text;
}

}  // namespace

std::string app_text(const Json& app, const View& view) {
  const std::string state = string_or(app, "state");
  std::string text = toned(string_or(app, "name"), Tone::kStrong, view.style.color) + " is " +
                     toned(state, tone_of_state(state), view.style.color) + ", " +
                     std::to_string(int_or(app, "replicasReady")) + " of " +
                     std::to_string(int_or(app, "replicasWanted")) + " replicas ready\n" +
                     string_or(app, "url") + "\n";
  const Json& deployment = object_at(app, "deployment");
  if (!deployment.empty() && string_or(deployment, "state") != "done") {
    text += string_or(deployment, "kind") + " " + string_or(deployment, "state") + ": " +
            printable(string_or(deployment, "step")) + "\n";
    const Json& error = object_at(deployment, "error");
    if (!error.empty()) text += error_text(error, view.style.color);
  }
  text += number_text(number_or(app, "requestsPerSecond"), 1) + " requests/s, " +
          number_text(number_or(app, "errorsPerSecond"), 1) + " errors/s, p50 " +
          number_text(number_or(app, "p50Ms"), 1) + " ms, p95 " +
          number_text(number_or(app, "p95Ms"), 1) + " ms, policy " + string_or(app, "policy") +
          "\n";
  const std::string replicas = replicas_text(array_at(app, "replicas"), view);
  const std::string releases = releases_text(app, view);
  if (!replicas.empty()) text += "\n" + replicas;
  if (!releases.empty()) text += "\n" + releases;
  return text;
}

std::string plan_text(const Json& plan, const View& view) {
  std::string text = std::string(bool_or(plan, "creates") ? "Creates " : "Updates ") +
                     string_or(plan, "app") + " as " + string_or(plan, "release") + ": " +
                     std::to_string(int_or(plan, "replicas")) + " replicas\n";
  text += "Runtime " + string_or(plan, "runtime") + ": " +
          printable(string_or(plan, "runtimeWhy")) + "\n";
  for (const auto* const key : {"build", "start"}) {
    const std::string command = string_or(plan, key);
    if (!command.empty())
      text += std::string(key == std::string_view("build") ? "Build: " : "Start: ") +
              printable(command) + "\n";
  }
  Table table({"NODE", "SCORE", "WHY"});
  for (const Json& placement : array_at(plan, "placements")) {
    table.add({{.text = string_or(placement, "nodeName")},
               {.text = number_text(number_or(placement, "score"), 1)},
               {.text = string_or(placement, "why")}});
  }
  if (!table.empty()) text += "\n" + table.text(view.style);
  const Json& uploads = array_at(plan, "uploads");
  if (!uploads.empty()) {
    text += "\nUploads " + bytes_text(int_or(plan, "uploadBytes")) + " to " +
            std::to_string(uploads.size()) + (uploads.size() == 1 ? " node\n" : " nodes\n");
  }
  const std::string steps = list_text(array_at(plan, "steps"), "  ");
  if (!steps.empty()) text += "\nSteps\n" + steps;
  for (const Json& warning : array_at(plan, "warnings")) {
    if (warning.is_string()) {
      text += toned("!", Tone::kWarning, view.style.color) + " " +
              printable(warning.get<std::string>()) + "\n";
    }
  }
  return text;
}

std::string metrics_text(const Json& points, const View& view) {
  if (points.empty()) return "No measurements yet. They come while the app runs.\n";
  Table table({"TIME", "REQ/S", "ERRORS/S", "P50", "P95", "CPU", "MEMORY"});
  const std::size_t first = points.size() - std::min(points.size(), kPointsShown);
  for (std::size_t i = first; i < points.size(); ++i) {
    const Json& point = points[i];
    table.add({{.text = clock_text(int_or(point, "at"))},
               {.text = number_text(number_or(point, "requestsPerSecond"), 1)},
               {.text = number_text(number_or(point, "errorsPerSecond"), 1)},
               {.text = number_text(number_or(point, "p50Ms"), 1) + " ms"},
               {.text = number_text(number_or(point, "p95Ms"), 1) + " ms"},
               {.text = number_text(number_or(point, "cpuPercent"), 1) + " %"},
               {.text = bytes_text(int_or(point, "memoryBytes"))}});
  }
  return table.text(view.style);
}

}  // namespace a67::cli
