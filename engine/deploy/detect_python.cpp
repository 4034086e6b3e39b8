// Python apps: requirements.txt, pyproject.toml or a main file. Each release gets a virtual
// environment of its own.
#include <algorithm>
#include <array>

#include "engine/deploy/detectors.h"

namespace a67 {
namespace {

constexpr std::array<std::string_view, 7> kMainFiles = {
    "main.py", "app.py", "server.py", "wsgi.py", "asgi.py", "__main__.py", "run.py"};
constexpr std::string_view kVenv =
    "python3 -m venv .venv && .venv/bin/pip install --no-input --disable-pip-version-check ";
constexpr std::string_view kListen = "--host 127.0.0.1 --port $PORT";

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_name_part(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

// Calls `take` for each line, without its comment and outer blanks.
template <class Take>
void each_line(std::string_view text, Take take) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line = line.substr(0, line.find('#'));
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) continue;
    take(line.substr(first, line.find_last_not_of(" \t\r") - first + 1));
  }
}

// The packages an app names, without versions. Of pyproject.toml, every quoted or bare word counts:
// more than the dependencies, but the names we ask for do not occur elsewhere.
class Packages {
 public:
  void add_requirements(std::string_view text) {
    each_line(text, [&](std::string_view line) {
      any_ = true;
      if (!line.starts_with('-')) add(line);
    });
  }
  void add_project(std::string_view text) {
    each_line(text, [&](std::string_view line) {
      any_ = true;
      for (std::size_t at = 0; at < line.size();) {
        const std::size_t start = line.find_first_not_of("\"'[]{}=,: \t", at);
        if (start == std::string_view::npos) return;
        at = std::min(line.find_first_of("\"'[]{}=,: \t", start), line.size());
        add(line.substr(start, at - start));
      }
    });
  }
  [[nodiscard]] bool any() const { return any_; }
  [[nodiscard]] bool has(std::string_view name) const {
    return std::ranges::find(names_, name) != names_.end();
  }

 private:
  void add(std::string_view word) {
    std::string name;
    for (const char c : word) {
      const char low = to_lower(c);
      if (!is_name_part(low)) break;
      name += low == '_' ? '-' : low;
    }
    names_.push_back(std::move(name));
  }

  bool any_ = false;
  std::vector<std::string> names_;
};

// "main" for main.py; empty when no main file is there.
std::string main_module(const ReleaseFiles& files) {
  for (const std::string_view name : kMainFiles) {
    if (files.has(name)) return std::string(name.substr(0, name.size() - 3));
  }
  return {};
}

// The package of a Django project: the folder with wsgi.py.
std::string django_package(const ReleaseFiles& files) {
  for (const ReleaseFile& file : files.files()) {
    const std::size_t slash = file.path.find('/');
    if (slash != std::string::npos && file.path.substr(slash) == "/wsgi.py") {
      return file.path.substr(0, slash);
    }
  }
  return {};
}

struct Server {
  std::string start;
  std::string why;
};

Server find_server(const ReleaseFiles& files, const Packages& packages, const std::string& bin,
                   std::vector<std::string>& warnings) {
  const std::string module = main_module(files);
  const std::string listen(kListen);
  if (files.has("manage.py")) {
    const std::string package = django_package(files);
    if (packages.has("gunicorn") && !package.empty()) {
      return {.start = bin + "gunicorn --bind 127.0.0.1:$PORT " + shell_word(package) + ".wsgi",
              .why = "manage.py is there, served with gunicorn"};
    }
    warnings.emplace_back("Django's development server is used; add gunicorn to the requirements.");
    return {.start = bin + "python manage.py runserver --noreload 127.0.0.1:$PORT",
            .why = "manage.py is there"};
  }
  if (module.empty()) return {};
  const std::string app = module + ":app";
  if (packages.has("uvicorn")) {
    return {.start = bin + "uvicorn " + app + " " + listen,
            .why = module + ".py served with uvicorn"};
  }
  if (packages.has("hypercorn")) {
    return {.start = bin + "hypercorn --bind 127.0.0.1:$PORT " + app,
            .why = module + ".py served with hypercorn"};
  }
  if (packages.has("gunicorn")) {
    return {.start = bin + "gunicorn --bind 127.0.0.1:$PORT " + app,
            .why = module + ".py served with gunicorn"};
  }
  if (packages.has("waitress")) {
    return {.start = bin + "waitress-serve --listen=127.0.0.1:$PORT " + app,
            .why = module + ".py served with waitress"};
  }
  if (packages.has("fastapi")) {
    return {.start = bin + "fastapi run " + module + ".py " + listen,
            .why = module + ".py served with FastAPI's own server"};
  }
  if (packages.has("flask")) {
    warnings.emplace_back("Flask's development server is used; add gunicorn to the requirements.");
    return {.start = bin + "flask --app " + module + " run " + listen,
            .why = module + ".py served with Flask's own server"};
  }
  return {.start = (bin.empty() ? "python3" : bin + "python") + " -u " + module + ".py",
          .why = module + ".py, which must serve on the port in the variable PORT"};
}

}  // namespace

Finding detect_python(const ReleaseFiles& files) {
  const auto requirements = files.text("requirements.txt");
  if (!requirements) return std::unexpected(requirements.error());
  const auto project = files.text("pyproject.toml");
  if (!project) return std::unexpected(project.error());
  if (!*requirements && !*project && main_module(files).empty() && !files.has("manage.py")) {
    return std::nullopt;
  }

  Guess guess;
  Detection& detection = guess.detection;
  detection.runtime = "python";
  Packages packages;
  if (*requirements) packages.add_requirements(**requirements);
  const bool installs_requirements = packages.any();
  // A pyproject.toml is often only the settings of tools.
  const bool installs_project =
      !installs_requirements && *project &&
      ((*project)->contains("[project]") || (*project)->contains("[tool.poetry]"));
  if (installs_project) packages.add_project(**project);
  if (installs_requirements) {
    detection.build = std::string(kVenv) + "-r requirements.txt";
  } else if (installs_project) {
    detection.build = std::string(kVenv) + ".";
  }
  const std::string bin = detection.build.empty() ? "" : ".venv/bin/";
  Server server = find_server(files, packages, bin, detection.warnings);
  if (server.start.empty()) {
    guess.lacks = std::string(*requirements ? "requirements.txt" : "pyproject.toml") +
                  " is there, but none of main.py, app.py, server.py, wsgi.py, asgi.py and "
                  "manage.py to start.";
    return guess;
  }
  detection.start = std::move(server.start);
  detection.why = "Python: " + server.why + ".";
  return guess;
}

}  // namespace a67
