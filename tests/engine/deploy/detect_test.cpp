#include "engine/deploy/detect.h"

#include <catch_amalgamated.hpp>
#include <map>
#include <string>

namespace a67 {
namespace {

// Names of files without text, and files with text.
ReleaseFiles release(std::vector<std::string> names,
                     std::map<std::string, std::string> texts = {}) {
  std::vector<ReleaseFile> files;
  for (std::string& name : names) files.push_back({.path = std::move(name)});
  for (const auto& [path, text] : texts) {
    files.push_back({.path = path, .bytes = static_cast<std::int64_t>(text.size())});
  }
  return {std::move(files), std::move(texts)};
}

Detection detected(const ReleaseFiles& files, const RunChoice& choice = {}) {
  auto detection = detect(files, choice);
  if (!detection) FAIL(detection.error().message);
  return *detection;
}

Error error_of(const ReleaseFiles& files, const RunChoice& choice = {}) {
  const auto detection = detect(files, choice);
  REQUIRE_FALSE(detection);
  return detection.error();
}

ReleaseFiles node_release(std::string package, std::vector<std::string> names = {}) {
  return release(std::move(names), {{"package.json", std::move(package)}});
}

bool warns(const Detection& detection, std::string_view about) {
  for (const std::string& warning : detection.warnings) {
    if (warning.contains(about)) return true;
  }
  return false;
}

constexpr const char* kCleanInstall = "npm ci --no-audit --no-fund --omit=dev";

TEST_CASE("detect: a Node.js app with a start script", "[deploy]") {
  const auto found = detected(
      node_release(R"({"scripts":{"start":"node server.js"},"dependencies":{"express":"^4"}})",
                   {"server.js", "package-lock.json"}));
  CHECK(found.runtime == "node");
  CHECK(found.build == kCleanInstall);
  CHECK(found.start == "node server.js");
  CHECK(found.why == "Node.js: package.json has a start script.");
  CHECK(found.warnings.empty());
}

TEST_CASE("detect: a start script that needs a shell or hooks is left to npm", "[deploy]") {
  for (const char* scripts :
       {R"({"start":"NODE_ENV=production node x.js"})", R"({"start":"node x.js && echo"})",
        R"({"start":"node x.js","prestart":"tsc"})", R"({"start":"next start"})"}) {
    INFO(scripts);
    CHECK(detected(node_release(std::string(R"({"scripts":)") + scripts + "}")).start ==
          "npm start");
  }
}

TEST_CASE("detect: a Node.js app with a main file", "[deploy]") {
  CHECK(detected(node_release(R"({"main":"./lib/app.js"})", {"lib/app.js"})).start ==
        "node lib/app.js");
  CHECK(detected(node_release(R"({"main":"lib"})", {"lib/index.js"})).start == "node lib/index.js");
  CHECK(detected(node_release(R"({"main":"run"})", {"run.js"})).start == "node run.js");
  CHECK(detected(node_release(R"({"main":"a b;c.js"})", {"a b;c.js"})).start == "node 'a b;c.js'");
  CHECK(detected(node_release(R"({"main":"gone.js"})", {"server.js"})).start == "node server.js");
}

TEST_CASE("detect: each lock file has its install command", "[deploy]") {
  const std::string package = R"({"main":"app.js","dependencies":{"a":"1"}})";
  const auto build_with = [&](const char* lock, std::string text) {
    return detected(node_release(std::move(text), {"app.js", lock})).build;
  };
  CHECK(build_with("package-lock.json", package) == kCleanInstall);
  CHECK(build_with("npm-shrinkwrap.json", package) == kCleanInstall);
  CHECK(build_with("pnpm-lock.yaml", package) == "corepack pnpm install --frozen-lockfile --prod");
  CHECK(build_with("yarn.lock", package) == "corepack yarn install --frozen-lockfile --production");
  CHECK(build_with("yarn.lock", R"({"main":"app.js","packageManager":"yarn@4.1.0"})") ==
        "corepack yarn install --immutable");
  const auto loose = detected(node_release(package, {"app.js"}));
  CHECK(loose.build == "npm install --no-audit --no-fund --omit=dev");
  CHECK(warns(loose, "lock file"));
}

TEST_CASE("detect: nothing is installed when there is nothing to install", "[deploy]") {
  CHECK(detected(node_release(R"({"main":"app.js"})", {"app.js"})).build.empty());
}

TEST_CASE("detect: a build script runs after the install, with development packages", "[deploy]") {
  const auto found = detected(node_release(
      R"({"scripts":{"build":"tsc","start":"node dist/a.js"},"devDependencies":{"typescript":"5"}})",
      {"package-lock.json"}));
  CHECK(found.build == "npm ci --no-audit --no-fund --include=dev && npm run build");
  CHECK(found.start == "node dist/a.js");
}

TEST_CASE("detect: a wanted version of Node.js is told", "[deploy]") {
  CHECK(warns(detected(node_release(R"({"main":"a.js","engines":{"node":">=22"}})", {"a.js"})),
              "Node.js >=22"));
}

TEST_CASE("detect: a front end that only builds becomes a static site", "[deploy]") {
  const auto vite = detected(node_release(
      R"({"scripts":{"dev":"vite","build":"vite build"},"devDependencies":{"vite":"5"}})",
      {"index.html", "package-lock.json"}));
  CHECK(vite.runtime == "static");
  CHECK(vite.static_root == "dist");
  CHECK(vite.start.empty());
  CHECK(vite.build == "npm ci --no-audit --no-fund --include=dev && npm run build");
  CHECK(vite.why == "Static site: package.json has a build script (Vite) and no server.");

  const auto cra = detected(node_release(
      R"({"scripts":{"start":"react-scripts start","build":"react-scripts build"},"dependencies":{"react-scripts":"5"}})",
      {"public/index.html", "yarn.lock"}));
  CHECK(cra.runtime == "static");
  CHECK(cra.static_root == "build");
  CHECK(warns(cra, "development server"));

  const auto unknown = detected(node_release(R"({"scripts":{"build":"make site"}})"));
  CHECK(unknown.static_root == "dist");
  CHECK(warns(unknown, "'dist' is assumed"));
}

TEST_CASE("detect: a development server next to a real one does not matter", "[deploy]") {
  const auto found = detected(node_release(
      R"({"scripts":{"build":"vite build","start":"node server.js"},"devDependencies":{"vite":"5"}})"));
  CHECK(found.runtime == "node");
  CHECK(found.start == "node server.js");
}

TEST_CASE("detect: Next.js without a start script is started with its own", "[deploy]") {
  CHECK(detected(node_release(R"({"scripts":{"build":"next build"},"dependencies":{"next":"15"}})"))
            .start == "npx next start -p $PORT");
}

TEST_CASE("detect: a package.json for tools only leaves the site static", "[deploy]") {
  const auto found =
      detected(node_release(R"({"devDependencies":{"prettier":"3"}})", {"index.html"}));
  CHECK(found.runtime == "static");
  CHECK(found.static_root == ".");
}

TEST_CASE("detect: a broken package.json is told", "[deploy]") {
  const Error error = error_of(node_release("{\"name\": }"));
  CHECK(error.code == ErrorCode::kInvalidInput);
  CHECK(error.field == "package.json");
  CHECK(error.message ==
        "package.json cannot be read. This is not valid JSON: unexpected text at byte 10.");
  CHECK(error_of(node_release("[]")).field == "package.json");
}

TEST_CASE("detect: package.json with wrong types is read as far as it goes", "[deploy]") {
  CHECK(detected(node_release(R"({"scripts":[1],"dependencies":"x","main":7,"engines":null})",
                              {"index.js"}))
            .start == "node index.js");
}

TEST_CASE("detect: a package.json that starts nothing is told", "[deploy]") {
  const Error error = error_of(node_release(R"({"name":"x"})", {"lib.js"}));
  CHECK(error.code == ErrorCode::kUnknownRuntime);
  CHECK(error.message.starts_with("package.json has no start script"));
  CHECK(error.hint.contains("automator67.yaml"));
}

constexpr const char* kVenv =
    "python3 -m venv .venv && .venv/bin/pip install --no-input --disable-pip-version-check ";

TEST_CASE("detect: a Python app with requirements", "[deploy]") {
  const auto start_with = [](std::string requirements) {
    const auto found =
        detected(release({"app.py"}, {{"requirements.txt", std::move(requirements)}}));
    CHECK(found.runtime == "python");
    CHECK(found.build == std::string(kVenv) + "-r requirements.txt");
    return found.start;
  };
  CHECK(start_with("requests==2.0\n") == ".venv/bin/python -u app.py");
  CHECK(start_with("Flask>=3\n") == ".venv/bin/flask --app app run --host 127.0.0.1 --port $PORT");
  CHECK(start_with("flask\ngunicorn\n") == ".venv/bin/gunicorn --bind 127.0.0.1:$PORT app:app");
  CHECK(start_with("fastapi\nuvicorn[standard]~=0.30 # server\n") ==
        ".venv/bin/uvicorn app:app --host 127.0.0.1 --port $PORT");
  CHECK(start_with("fastapi[standard]\n") ==
        ".venv/bin/fastapi run app.py --host 127.0.0.1 --port $PORT");
  CHECK(start_with("hypercorn\n") == ".venv/bin/hypercorn --bind 127.0.0.1:$PORT app:app");
  CHECK(start_with("waitress\n") == ".venv/bin/waitress-serve --listen=127.0.0.1:$PORT app:app");
  CHECK(start_with("-r more.txt\n") == ".venv/bin/python -u app.py");
  CHECK(start_with("flask-cors\n# flask\n") == ".venv/bin/python -u app.py");
}

TEST_CASE("detect: a Python file alone needs no environment", "[deploy]") {
  const auto found =
      detected(release({"main.py", "app.py"}, {{"requirements.txt", "# none yet\n\n"}}));
  CHECK(found.build.empty());
  CHECK(found.start == "python3 -u main.py");
  CHECK(found.why.contains("PORT"));
}

TEST_CASE("detect: pyproject.toml is installed when it is a project", "[deploy]") {
  const auto project = detected(
      release({"main.py"},
              {{"pyproject.toml", "[project]\ndependencies = [\"fastapi\", \"Uvicorn>=0.3\"]\n"}}));
  CHECK(project.build == std::string(kVenv) + ".");
  CHECK(project.start.starts_with(".venv/bin/uvicorn main:app"));
  const auto poetry = detected(
      release({"main.py"},
              {{"pyproject.toml", "[tool.poetry.dependencies]\nflask = \"^3\"\n[tool.poetry]\n"}}));
  CHECK(poetry.start.starts_with(".venv/bin/flask"));
  const auto tools =
      detected(release({"main.py"}, {{"pyproject.toml", "[tool.ruff]\nline-length = 100\n"}}));
  CHECK(tools.build.empty());
}

TEST_CASE("detect: a Django project", "[deploy]") {
  const auto served = detected(
      release({"manage.py", "site1/wsgi.py"}, {{"requirements.txt", "Django\ngunicorn\n"}}));
  CHECK(served.start == ".venv/bin/gunicorn --bind 127.0.0.1:$PORT site1.wsgi");
  const auto plain =
      detected(release({"manage.py", "site1/wsgi.py"}, {{"requirements.txt", "Django\n"}}));
  CHECK(plain.start == ".venv/bin/python manage.py runserver --noreload 127.0.0.1:$PORT");
  CHECK(warns(plain, "development server"));
}

TEST_CASE("detect: requirements without a file to start are told", "[deploy]") {
  const Error error = error_of(release({"lib/x.py"}, {{"requirements.txt", "flask\n"}}));
  CHECK(error.code == ErrorCode::kUnknownRuntime);
  CHECK(error.message.starts_with("requirements.txt is there, but none of main.py"));
}

TEST_CASE("detect: a Procfile wins, with the build of its language", "[deploy]") {
  const auto node = detected(release(
      {"package-lock.json"},
      {{"Procfile", "worker: x\nweb:  node web.js --port $PORT \r\n"},
       {"package.json", R"({"scripts":{"start":"node other.js"},"dependencies":{"a":"1"}})"}}));
  CHECK(node.runtime == "procfile");
  CHECK(node.build == kCleanInstall);
  CHECK(node.start.ends_with("node web.js --port $PORT"));
  CHECK(node.start.starts_with("PATH=\"$PWD/node_modules/.bin:$PATH\""));
  const auto python =
      detected(release({}, {{"Procfile", "web: gunicorn a:b"}, {"requirements.txt", "gunicorn"}}));
  CHECK(python.build == std::string(kVenv) + "-r requirements.txt");
  CHECK(python.start == "PATH=\"$PWD/.venv/bin:$PATH\"; export PATH; gunicorn a:b");
  CHECK(detected(release({}, {{"Procfile", "web: ./run"}})).start == "./run");
}

TEST_CASE("detect: a Procfile without web is no obstacle, and told when it is all there is",
          "[deploy]") {
  CHECK(detected(release({"index.html"}, {{"Procfile", "worker: x\n"}})).runtime == "static");
  CHECK(error_of(release({}, {{"Procfile", "web:   \n"}})).message ==
        "The Procfile has no line 'web: command'.");
}

TEST_CASE("detect: static sites are found at the top and in the usual folders", "[deploy]") {
  CHECK(detected(release({"index.html", "a.css"})).static_root == ".");
  for (const char* folder :
       {"dist", "build", "public", "site", "_site", "out", "www", "html", "docs"}) {
    CHECK(detected(release({"README.md", std::string(folder) + "/index.html"})).static_root ==
          folder);
  }
  CHECK(detected(release({"index.html"})).start.empty());
}

TEST_CASE("detect: a wrapping folder is taken off and told", "[deploy]") {
  const auto found = detected(release({"my site/index.html", "my site/a.css"}));
  CHECK(found.folder == "my site");
  CHECK(found.static_root == ".");
}

ReleaseFiles programs(std::vector<std::string> names) {
  std::vector<ReleaseFile> files = {{.path = "README.md"}};
  for (std::string& name : names)
    files.push_back({.path = std::move(name), .executable = true, .elf = true});
  return {std::move(files), {}};
}

TEST_CASE("detect: a single Linux program", "[deploy]") {
  const auto found = detected(programs({"server", "lib/libx.so.1", "libz.so"}));
  CHECK(found.runtime == "binary");
  CHECK(found.start == "chmod +x ./server && exec ./server");
  CHECK(detected(programs({"my server"})).start == "chmod +x ./'my server' && exec ./'my server'");
}

TEST_CASE("detect: several programs are told", "[deploy]") {
  CHECK(error_of(programs({"a", "b", "c"})).message ==
        "There are 3 programs (a, b, ...), and nothing says which one to start.");
}

TEST_CASE("detect: when nothing is found, it says what was looked for and how to say it",
          "[deploy]") {
  const Error error = error_of(release({"main.c", "Makefile"}));
  CHECK(error.code == ErrorCode::kUnknownRuntime);
  CHECK(error.message ==
        "Nothing in the release says how to run it. Looked at the top for a Procfile with a web: "
        "line, a package.json "
        "with a start script or a main file, a requirements.txt, pyproject.toml, main.py or "
        "app.py, an index.html and "
        "a single Linux program; there are 2 files (Makefile, main.c).");
  CHECK(error.hint.contains("automator67.yaml"));
  CHECK(error_of(release({})).message == "The release is empty.");
}

TEST_CASE("detect: an own start command always wins", "[deploy]") {
  const auto found =
      detected(node_release(R"({"scripts":{"start":"node a.js"},"dependencies":{"a":"1"}})",
                            {"package-lock.json"}),
               {.start = "node b.js"});
  CHECK(found.runtime == "node");
  CHECK(found.start == "node b.js");
  CHECK(found.build == kCleanInstall);
  const auto anything = detected(release({"main.c"}), {.build = "make", .start = "./main"});
  CHECK(anything.runtime == "procfile");
  CHECK(anything.build == "make");
  CHECK(anything.start == "./main");
}

TEST_CASE("detect: an own build command replaces the one found", "[deploy]") {
  const auto found = detected(node_release(R"({"main":"a.js","dependencies":{"a":"1"}})", {"a.js"}),
                              {.build = "make"});
  CHECK(found.build == "make");
  CHECK(found.start == "node a.js");
}

TEST_CASE("detect: own words for everything need no readable package.json", "[deploy]") {
  CHECK(detected(node_release("{"), {.build = "make", .start = "./x"}).start == "./x");
  CHECK(error_of(node_release("{"), {.start = "./x"}).field == "package.json");
}

TEST_CASE("detect: a chosen runtime is the only one looked at", "[deploy]") {
  const auto files = release({"index.html", "main.py"}, {{"package.json", R"({"main":"a.js"})"}});
  CHECK(detected(files, {.runtime = "python"}).start == "python3 -u main.py");
  CHECK(detected(files, {.runtime = "static"}).static_root == ".");
  const Error error = error_of(files, {.runtime = "procfile"});
  CHECK(error.code == ErrorCode::kUnknownRuntime);
  CHECK(error.message ==
        "The release has not what the runtime procfile needs: a Procfile with a web: line.");
  CHECK(error_of(files, {.runtime = "ruby"}).field == "runtime");
  CHECK(detected(files, {.runtime = "binary", .start = "./x"}).runtime == "binary");
}

TEST_CASE("detect: a chosen static folder must be there or be built", "[deploy]") {
  CHECK(detected(release({"web/index.html", "x"}), {.static_root = "web"}).static_root == "web");
  const auto built = detected(node_release(R"({"scripts":{"build":"b","start":"node x"}})"),
                              {.static_root = "out/web"});
  CHECK(built.runtime == "static");
  CHECK(built.build == "npm run build");
  CHECK(built.start.empty());
  CHECK(detected(release({"x"}), {.build = "make", .static_root = "out"}).build == "make");
  const Error error = error_of(release({"x"}), {.static_root = "out"});
  CHECK(error.code == ErrorCode::kInvalidInput);
  CHECK(error.field == "static");
}

TEST_CASE("detect: a static site with a start command is a contradiction", "[deploy]") {
  CHECK(error_of(release({"index.html"}), {.start = "x", .static_root = "."}).field == "start");
  CHECK(error_of(release({"index.html"}), {.runtime = "static", .start = "x"}).field == "start");
}

TEST_CASE("detect: the choice comes from a manifest or a replica's spec", "[deploy]") {
  const Manifest manifest{.runtime = "node", .build = "b", .start = "s", .static_root = "r"};
  const RunChoice choice = choice_of(manifest);
  CHECK(choice.runtime == "node");
  CHECK(choice.build == "b");
  CHECK(choice.start == "s");
  CHECK(choice.static_root == "r");
  CHECK(choice_of(spec_of(manifest)).static_root == "r");
  CHECK(choice_of(Manifest{}).runtime.empty());
}

}  // namespace
}  // namespace a67
