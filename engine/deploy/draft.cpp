#include "engine/deploy/draft.h"

#include <utility>

#include "engine/base/names.h"
#include "engine/deploy/detect.h"
#include "engine/deploy/manifest.h"
#include "engine/deploy/release_files.h"

namespace a67 {
namespace {

ReleaseFiles files_of(const Json& source) {
  std::vector<ReleaseFile> files;
  for (const Json& file : array_at(source, "files")) {
    files.push_back({.path = string_or(file, "path"), .bytes = int_or(file, "bytes")});
  }
  std::map<std::string, std::string> texts;
  for (const auto& [path, text] : object_at(source, "texts").items()) {
    texts.emplace(path, text.get<std::string>());
  }
  return {std::move(files), std::move(texts)};
}

// What a release was rolled out with, as a manifest to lay a request over.
Manifest manifest_of_release(const ReleaseRecord& release) {
  const ReplicaSpec& spec = release.spec;
  return {.runtime = spec.runtime,
          .build = spec.build,
          .start = spec.start,
          .static_root = spec.static_root,
          .env = spec.env,
          .health = {.path = spec.health.path,
                     .interval_seconds = spec.health.interval_seconds,
                     .timeout_seconds = spec.health.timeout_seconds,
                     .start_seconds = spec.health.start_seconds},
          .memory_mb = spec.memory_mb,
          .cpu_percent = spec.cpu_percent,
          .stop_seconds = spec.stop_seconds,
          .build_seconds = spec.build_seconds,
          .hosts = release.hosts,
          .policy = release.policy};
}

std::string last_part(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  if (url.ends_with(".git")) url.remove_suffix(4);
  const auto slash = url.find_last_of("/:");
  return std::string(slash == std::string_view::npos ? url : url.substr(slash + 1));
}

// The name a request means, before anything else is known of its app.
std::string name_of(const Json& request, const Manifest& manifest) {
  if (request.contains("name")) return string_or(request, "name");
  if (manifest.name) return *manifest.name;
  const Json& source = object_at(request, "source");
  const std::string name = string_or(source, "name");
  return suggest_app_name(name.empty() ? last_part(string_or(source, "url")) : name);
}

Result<const AppRecord*> find_app(const Json& request, const std::string& name,
                                  const State& state) {
  const AppRecord* app = state.find_app(name);
  if (app == nullptr) return nullptr;
  if (bool_or(request, "create")) {
    return fail(ErrorCode::kConflict, "There is an app named `" + name + "` already.",
                "Choose another name, or deploy a new release of the app that exists.", "name");
  }
  if (app->rollout() != nullptr) {
    return fail(ErrorCode::kConflict, "A rollout of " + name + " is going on.",
                "Wait for its end or cancel it first.", "name");
  }
  return app;
}

void take_manifest(Draft& draft, const Manifest& manifest, const AppRecord* app) {
  draft.release.spec = spec_of(manifest);
  draft.release.hosts = manifest.hosts.value_or(std::vector{draft.name + ".localhost"});
  draft.release.policy = manifest.policy.value_or("weighted");
  draft.replicas =
      manifest.replicas.value_or(app == nullptr || app->serving.empty() ? 1 : app->wanted);
}

Result<Draft> draft_again(const Json& request, const State& state) {
  const std::string name = string_or(request, "name");
  auto app = find_app(request, name, state);
  if (!app) return std::unexpected(app.error());
  const ReleaseId wanted(string_or(object_at(request, "source"), "release"));
  const ReleaseRecord* release = *app == nullptr ? nullptr : (*app)->find_release(wanted);
  if (release == nullptr) {
    return fail(ErrorCode::kNotFound,
                "There is no release `" + wanted.value + "` of `" + name + "`.",
                "The app's page lists its releases.", "source.release");
  }
  Draft draft{.name = name, .release = *release};
  take_manifest(draft, overlay(manifest_of_release(*release), manifest_from_request(request)),
                *app);
  draft.runtime = draft.release.spec.runtime.empty() ? "auto" : draft.release.spec.runtime;
  draft.runtime_why = "As " + wanted.value + ".";
  draft.build = draft.release.spec.build;
  draft.start = draft.release.spec.start;
  return draft;
}

Result<Source> archive_source(const Json& source) {
  const std::string sha256 = string_or(source, "sha256");
  const auto format = archive_format_from(string_or(source, "format", "tar.gz"));
  if (sha256.empty() || !format || int_or(source, "bytes") <= 0) {
    return fail(ErrorCode::kInvalidInput, "An archive needs its `sha256`, `bytes` and `format`.",
                {}, "source");
  }
  return Source{.kind = Source::Kind::kArchive, .sha256 = sha256, .format = *format};
}

Result<void> detect_runtime(Draft& draft, const ReleaseFiles& files, const Manifest& manifest) {
  if (files.files().empty()) {
    draft.runtime = manifest.runtime.value_or("auto");
    draft.runtime_why = "Each node finds out when it has the files.";
    draft.build = manifest.build.value_or("");
    draft.start = manifest.start.value_or("");
    return {};
  }
  auto detection = detect(files, choice_of(manifest));
  if (!detection) return std::unexpected(detection.error());
  draft.runtime = detection->runtime;
  draft.runtime_why = detection->why;
  draft.build = detection->build;
  draft.start =
      detection->runtime == "static" ? "files in " + detection->static_root : detection->start;
  draft.warnings = detection->warnings;
  return {};
}

}  // namespace

Result<Draft> draft_release(const Json& request, const State& state) {
  const Json& source = object_at(request, "source");
  const std::string kind = string_or(source, "kind");
  if (kind == "release") return draft_again(request, state);

  const ReleaseFiles files = files_of(source);
  auto own = manifest_of(files);
  if (!own) return std::unexpected(own.error());
  const std::string name = name_of(request, *own);
  if (const auto fault = app_name_fault(name)) {
    return fail(ErrorCode::kInvalidInput, "The name `" + name + "` " + *fault + ".",
                "Give the app a name.", "name");
  }
  auto app = find_app(request, name, state);
  if (!app) return std::unexpected(app.error());

  Draft draft{.name = name};
  if (kind == "git") {
    draft.release.source = {.kind = Source::Kind::kGit,
                            .url = string_or(source, "url"),
                            .ref = string_or(source, "ref", "HEAD")};
    if (draft.release.source.url.empty()) {
      return fail(ErrorCode::kInvalidInput, "A Git source needs its `url`.", {}, "source.url");
    }
  } else {
    auto archive = archive_source(source);
    if (!archive) return std::unexpected(archive.error());
    draft.release.source = std::move(*archive);
  }
  draft.release.source_name = string_or(source, "name", name);
  draft.release.source_bytes = int_or(source, "bytes");

  // Who deploys anew without naming an environment means the one the app has.
  Manifest base = *own;
  const ReleaseRecord* serving = *app == nullptr ? nullptr : (*app)->find_release((*app)->serving);
  if (serving != nullptr && !request.contains("env")) {
    base = overlay(Manifest{.env = serving->spec.env}, base);
  }
  const Manifest manifest = overlay(std::move(base), manifest_from_request(request));
  take_manifest(draft, manifest, *app);
  if (auto detected = detect_runtime(draft, files, manifest); !detected) {
    return std::unexpected(detected.error());
  }
  return draft;
}

}  // namespace a67
