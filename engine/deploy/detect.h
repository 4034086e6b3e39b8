// detect finds out how to build and start a release, from its files. It reads nothing itself and
// runs nothing.
//
// What is asked for (`RunChoice`: the request's and the manifest's words) always wins. For the rest
// it looks, in this order, for
//   Procfile            its `web:` line; the build is that of the language found
//   package.json        start script, main file, or server.js / index.js; front ends that only
//   build (Vite, Create
//                       React App, ...) become static sites
//   requirements.txt, pyproject.toml, main.py, app.py, ...    in a virtual environment of the
//   release's own index.html          at the top, or in dist, build, public, ... one Linux program
//   at the top
//
// The same on both sides: the engine shows it in the plan before anything is sent, the node does
// it. So it may only look at what both have (ReleaseFiles). The tab cannot know which file is a
// program; a node can.
//
// Errors: `kUnknownRuntime` lists what was looked for and how to say it in the manifest;
// `kInvalidInput` for files that are broken (package.json) or words that cannot be followed.
#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/deploy/manifest.h"
#include "engine/deploy/release_files.h"

namespace a67 {

// What is asked for; empty (or the runtime "auto"): find out.
struct RunChoice {
  std::string runtime;
  std::string build;
  std::string start;
  std::string static_root;
};
RunChoice choice_of(const Manifest& manifest);
RunChoice choice_of(const ReplicaSpec& spec);

struct Detection {
  std::string runtime;      // node, python, procfile (any shell command), static or binary
  std::string build;        // shell command; empty: nothing to build
  std::string start;        // shell command that serves on $PORT; empty for a static site
  std::string static_root;  // of a static site, below `folder`; "." is the folder itself
  std::string folder;       // that wraps the release; commands run in it
  std::string why;          // one sentence
  std::vector<std::string> warnings;
};

Result<Detection> detect(const ReleaseFiles& files, const RunChoice& choice);

}  // namespace a67
