// Node.js apps and front ends: package.json.
#include <algorithm>
#include <array>
#include <utility>

#include "engine/deploy/detectors.h"

namespace a67 {
namespace {

// Front-end tools: the package that shows them, and where their build goes.
struct FrontEnd {
  std::string_view package;
  std::string_view name;
  std::string_view output;
};
constexpr std::array<FrontEnd, 8> kFrontEnds = {{
    {"react-scripts", "Create React App", "build"},
    {"@vue/cli-service", "Vue CLI", "dist"},
    {"gatsby", "Gatsby", "public"},
    {"astro", "Astro", "dist"},
    {"@11ty/eleventy", "Eleventy", "_site"},
    {"parcel", "Parcel", "dist"},
    {"vite", "Vite", "dist"},
    {"webpack", "webpack", "dist"},
}};

// Start scripts that serve a developer, not the public.
constexpr std::array<std::string_view, 9> kDevelopmentServers = {
    "react-scripts start", "vue-cli-service serve", "gatsby develop",     "astro dev",   "vite dev",
    "vite serve",          "webpack serve",         "webpack-dev-server", "parcel serve"};

constexpr std::array<std::string_view, 6> kServerFiles = {"server.js",  "app.js",    "index.js",
                                                          "server.mjs", "index.mjs", "main.js"};

class Package {
 public:
  Package(const ReleaseFiles& files, const Json& json) : files_(files), json_(json) {}

  [[nodiscard]] std::string script(std::string_view name) const {
    return string_or(object_at(json_, "scripts"), name);
  }
  [[nodiscard]] bool depends_on(std::string_view name) const {
    return object_at(json_, "dependencies").contains(name) ||
           object_at(json_, "devDependencies").contains(name);
  }
  [[nodiscard]] bool has_dependencies() const {
    return !object_at(json_, "dependencies").empty() ||
           !object_at(json_, "devDependencies").empty() ||
           !object_at(json_, "optionalDependencies").empty() || json_.contains("workspaces");
  }
  [[nodiscard]] std::string engine() const {
    return string_or(object_at(json_, "engines"), "node");
  }
  [[nodiscard]] std::string manager() const { return string_or(json_, "packageManager"); }

  // The file that `main` means, by Node's rules for files; empty when there is none.
  [[nodiscard]] std::string main_file() const {
    std::string main = string_or(json_, "main");
    while (main.starts_with("./")) main.erase(0, 2);
    if (main.empty()) return {};
    for (const char* ending : {"", ".js", ".mjs", ".cjs", "/index.js"}) {
      if (files_.has(main + ending)) return main + ending;
    }
    return {};
  }

 private:
  const ReleaseFiles& files_;
  const Json& json_;
};

// The command that installs the dependencies; empty when there are none.
std::string install_command(const ReleaseFiles& files, const Package& package, bool builds,
                            std::vector<std::string>& warnings) {
  // Builds need the development dependencies, whatever NODE_ENV says.
  const std::string npm_flags = builds ? " --include=dev" : " --omit=dev";
  if (files.has("pnpm-lock.yaml")) {
    warnings.emplace_back("It uses pnpm: the node needs corepack, which comes with Node.js.");
    return std::string("corepack pnpm install --frozen-lockfile") +
           (builds ? " --prod=false" : " --prod");
  }
  if (files.has("yarn.lock")) {
    warnings.emplace_back("It uses Yarn: the node needs corepack, which comes with Node.js.");
    const std::string manager = package.manager();
    const bool classic = !manager.starts_with("yarn@") || manager.starts_with("yarn@1");
    return classic ? std::string("corepack yarn install --frozen-lockfile") +
                         (builds ? " --production=false" : " --production")
                   : std::string("corepack yarn install --immutable");
  }
  if (files.has("package-lock.json") || files.has("npm-shrinkwrap.json")) {
    return "npm ci --no-audit --no-fund" + npm_flags;
  }
  if (!package.has_dependencies()) return {};
  warnings.emplace_back(
      "There is no lock file: each node may install other versions. Add package-lock.json.");
  return "npm install --no-audit --no-fund" + npm_flags;
}

const FrontEnd* front_end_of(const Package& package) {
  for (const FrontEnd& front_end : kFrontEnds) {
    if (package.depends_on(front_end.package)) return &front_end;
  }
  return nullptr;
}

bool is_development_server(std::string_view script) {
  return script == "vite" || script == "parcel" ||
         std::ranges::any_of(kDevelopmentServers,
                             [&](std::string_view server) { return script.starts_with(server); });
}

// npm stands between us and the app, and costs memory and time: leave it out where the script is
// only `node file`.
std::string start_command(const Package& package) {
  const std::string script = package.script("start");
  const bool simple = script.starts_with("node ") && package.script("prestart").empty() &&
                      package.script("poststart").empty() &&
                      script.find_first_of("&|;$`'\"<>(){}*?~\\\n") == std::string::npos;
  return simple ? script : "npm start";
}

struct Start {
  std::string command;
  std::string why;
};

Start find_start(const ReleaseFiles& files, const Package& package) {
  const std::string script = package.script("start");
  if (!script.empty() && !is_development_server(script)) {
    return {.command = start_command(package), .why = "package.json has a start script"};
  }
  if (!script.empty()) return {};
  if (package.depends_on("next") && !package.script("build").empty()) {
    return {.command = "npx next start -p $PORT", .why = "package.json depends on Next.js"};
  }
  if (const std::string main = package.main_file(); !main.empty()) {
    return {.command = "node " + shell_word(main),
            .why = "package.json names the main file " + main};
  }
  for (const std::string_view name : kServerFiles) {
    if (!files.has(name)) continue;
    return {.command = "node " + std::string(name),
            .why = "package.json and " + std::string(name) + " are there"};
  }
  return {};
}

Result<Json> read_package(std::string_view text) {
  auto json = parse_json(text, {.bytes_max = kReleaseTextBytesMax});
  if (json && json->is_object()) return json;
  return fail(ErrorCode::kInvalidInput,
              "package.json cannot be read. " +
                  (json ? std::string("It is not a JSON object.") : json.error().message),
              "Correct the file; `npm pkg get name` shows whether npm can read it.",
              "package.json");
}

}  // namespace

Finding detect_node(const ReleaseFiles& files) {
  const auto text = files.text("package.json");
  if (!text) return std::unexpected(text.error());
  if (!*text) return std::nullopt;
  const auto json = read_package(**text);
  if (!json) return std::unexpected(json.error());
  const Package package(files, *json);

  Guess guess;
  Detection& detection = guess.detection;
  detection.runtime = "node";
  const bool builds = !package.script("build").empty();
  detection.build = install_command(files, package, builds, detection.warnings);
  if (builds)
    detection.build += std::string(detection.build.empty() ? "" : " && ") + "npm run build";
  if (const std::string engine = package.engine(); !engine.empty()) {
    detection.warnings.push_back("package.json asks for Node.js " + engine.substr(0, 40) +
                                 ": the nodes must have it.");
  }
  Start start = find_start(files, package);
  if (!start.command.empty()) {
    detection.start = std::move(start.command);
    detection.why = "Node.js: " + start.why + ".";
    return guess;
  }
  const FrontEnd* front_end = front_end_of(package);
  if (!builds) {
    guess.lacks =
        "package.json has no start script, no main file and no build script, so nothing says how "
        "to start it.";
    return guess;
  }
  detection.runtime = "static";
  detection.static_root = front_end == nullptr ? "dist" : std::string(front_end->output);
  detection.why =
      "Static site: package.json has a build script" +
      (front_end == nullptr ? std::string() : " (" + std::string(front_end->name) + ")") +
      " and no server.";
  if (front_end == nullptr) {
    detection.warnings.emplace_back(
        "Nothing says where the build writes the site: 'dist' is assumed. Say 'static: <folder>' "
        "in automator67.yaml "
        "if it is another folder.");
  } else if (!package.script("start").empty()) {
    detection.warnings.emplace_back(
        "The start script is a development server: the built site is served instead.");
  }
  return guess;
}

}  // namespace a67
