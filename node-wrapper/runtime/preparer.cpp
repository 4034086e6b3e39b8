#include "node-wrapper/runtime/preparer.h"

#include <boost/asio/post.hpp>
#include <chrono>

#include "node-wrapper/releases/build_plan.h"
#include "node-wrapper/releases/git_plan.h"
#include "node-wrapper/runtime/clock.h"

namespace a67 {
namespace {

constexpr std::size_t kTreeEntriesMax = 400'000;  // a built tree holds its dependencies, too

std::string interpreter_of(const std::string& runtime) {
  if (runtime == "node") return "node";
  return runtime == "python" ? "python3" : "";
}

}  // namespace

Preparer::Preparer(boost::asio::io_context& io, Worker& worker, const ReleaseStore& store,
                   Options options, Events events)
    : io_(io),
      worker_(worker),
      store_(store),
      options_(std::move(options)),
      events_(std::move(events)) {}

void Preparer::want(const std::string& key, const DesiredReplica& replica) {
  if (const auto found = jobs_.find(key); found != jobs_.end()) {
    events_.on_stage(key, found->second->stage);
    return;
  }
  auto job = std::make_shared<Job>();
  job->key = key;
  job->replica = replica;
  jobs_[key] = job;
  events_.on_stage(key, job->stage);
  boost::asio::post(io_, [self = shared_from_this()] { self->start_next(); });
}

void Preparer::keep_only(const std::set<std::string>& keys) {
  for (const auto& [key, job] : std::map(jobs_)) {
    if (!keys.contains(key)) drop(key);
  }
}

void Preparer::drop(const std::string& key) {
  const auto found = jobs_.find(key);
  if (found == jobs_.end()) return;
  const JobPointer job = found->second;
  jobs_.erase(found);
  job->dropped = true;
  job->cancelled->store(true);
  if (job->command != nullptr) job->command->abandon();
  if (job->active) {
    --active_;
    worker_.run([store = &store_, key] { store->drop_tree(key); }, [] {});
    start_next();
  }
}

void Preparer::on_archive() { start_next(); }

std::set<std::string> Preparer::missing() const {
  std::set<std::string> list;
  for (const auto& [key, job] : jobs_) {
    if (!job->active && job->searched && !has_source(*job)) {
      list.insert(job->replica.source.sha256);
    }
  }
  return list;
}

bool Preparer::has_source(const Job& job) const {
  const Source& source = job.replica.source;
  return source.kind == Source::Kind::kGit || store_.has_archive(source.sha256, source.format);
}

void Preparer::close() {
  closed_ = true;
  events_ = {};
  for (const auto& [key, job] : jobs_) {
    job->dropped = true;
    job->cancelled->store(true);
    if (job->command != nullptr) job->command->abandon();
  }
  jobs_.clear();
}

void Preparer::start_next() {
  if (closed_) return;
  for (const auto& [key, job] : std::map(jobs_)) {
    if (active_ >= kPreparationsAtOnce) return;
    if (job->active || job->dropped || (job->searched && !has_source(*job))) continue;
    job->active = true;
    ++active_;
    begin(job);
  }
}

// Looks for a finished tree first: on the worker, so that it cannot be one that is just being
// removed.
void Preparer::begin(const JobPointer& job) {
  auto found = std::make_shared<std::optional<BuiltRelease>>();
  work(
      job,
      [store = &store_, key = job->key, found]() -> Result<void> {
        *found = store->find_built(key);
        return {};
      },
      [this, job, found] {
        job->searched = true;
        if (*found) return finish(job, **found);
        if (job->replica.source.kind == Source::Kind::kGit) return fetch(job);
        if (has_source(*job)) return unpack(job);
        // Back into the queue until the archive comes.
        job->active = false;
        --active_;
        set_stage(job, ReplicaState::kWaiting);
        start_next();
      });
}

void Preparer::unpack(const JobPointer& job) {
  set_stage(job, ReplicaState::kUnpacking);
  const Source& source = job->replica.source;
  job->built.archive = source.sha256;
  work(
      job,
      [store = &store_, key = job->key, limits = options_.unpack, cancelled = job->cancelled,
       archive = store_.archive_path(source.sha256, source.format),
       format = source.format]() -> Result<void> {
        if (Result<void> begun = store->begin_tree(key); !begun) return begun;
        const Result<UnpackReport> report =
            unpack_archive(archive, format, store->app_folder(key), limits, cancelled.get());
        if (!report) return std::unexpected(report.error());
        return {};
      },
      [this, job] { detect(job); });
}

void Preparer::fetch(const JobPointer& job) {
  set_stage(job, ReplicaState::kFetching);
  Result<GitPlan> plan = plan_git(job->replica.source.url, job->replica.source.ref,
                                  store_.app_folder(job->key), options_.allow_file_git);
  if (!plan) return finish(job, std::unexpected(plan.error()));
  job->ways = std::move(plan->ways);
  job->git_environment = {"PATH=" + options_.path, "HOME=" + store_.tree_folder(job->key) + "/home",
                          "A67_NODE=" + options_.node_id};
  for (const auto& [name, value] : plan->environment) {
    job->git_environment.push_back(name + "=" + value);
  }
  for (const std::string& setting : options_.build_environment) {
    job->git_environment.push_back(setting);
  }
  say(job, "Fetching " + without_credentials(job->replica.source.url) +
               (job->replica.source.ref.empty() ? "" : " (" + job->replica.source.ref + ")"));
  next_git_way(job, {});
}

void Preparer::next_git_way(const JobPointer& job, const std::vector<std::string>& lines) {
  if (job->ways.empty()) {
    return finish(job, std::unexpected(explain_git_failure(job->replica.source.url,
                                                           job->replica.source.ref, lines)));
  }
  job->commands = std::move(job->ways.front());
  job->ways.erase(job->ways.begin());
  work(
      job, [store = &store_, key = job->key] { return store->begin_tree(key); },
      [this, job] { next_git_command(job); });
}

void Preparer::next_git_command(const JobPointer& job) {
  if (job->commands.empty()) return check_fetched(job);
  CommandPlan plan{.arguments = std::move(job->commands.front()),
                   .environment = job->git_environment,
                   .folder = store_.tree_folder(job->key),
                   .time_max = options_.git_time_max,
                   .file_bytes_max = options_.git_bytes_max};
  job->commands.erase(job->commands.begin());
  run(job, plan, {}, [this, job](const CommandEnd& end) {
    if (end.ok()) return next_git_command(job);
    std::vector<std::string> lines = end.last_lines;
    if (end.timed_out) {
      job->ways.clear();
      lines.emplace_back("It took longer than " +
                         std::to_string(options_.git_time_max.count() / 1000) +
                         " s and was stopped.");
    }
    next_git_way(job, lines);
  });
}

void Preparer::check_fetched(const JobPointer& job) {
  const CommandPlan plan{.arguments = git_commit_command(store_.app_folder(job->key)),
                         .environment = job->git_environment,
                         .folder = store_.tree_folder(job->key)};
  run(job, plan, {}, [this, job](const CommandEnd& end) {
    if (end.ok() && !end.last_lines.empty()) job->built.commit = end.last_lines.back();
    say(job, "Fetched commit " + job->built.commit);
    work(
        job,
        [folder = store_.app_folder(job->key),
         bytes_max = options_.git_bytes_max]() -> Result<void> {
          if (tree_bytes(folder, kTreeEntriesMax) > bytes_max) {
            return fail(
                ErrorCode::kGitFailed,
                "The repository is larger than " + std::to_string(bytes_max >> 20) + " MiB.",
                "Deploy a smaller repository, or an archive.");
          }
          // Only the files are the release: a static site must not show its history.
          remove_tree(folder + "/.git");
          return {};
        },
        [this, job] { detect(job); });
  });
}

void Preparer::detect(const JobPointer& job) {
  auto recipe = std::make_shared<Recipe>();
  work(
      job,
      [folder = store_.app_folder(job->key), spec = job->replica.spec, recipe]() -> Result<void> {
        Result<Recipe> found = find_recipe(folder, spec);
        if (!found) return std::unexpected(found.error());
        *recipe = std::move(*found);
        return {};
      },
      [this, job, recipe] {
        BuiltRelease& built = job->built;
        built.app = job->replica.app;
        built.release = job->replica.release.value;
        built.runtime = recipe->runtime;
        built.start = recipe->start;
        built.static_root = recipe->static_root;
        built.folder = recipe->folder;
        built.why = recipe->why;
        job->build = recipe->build;
        if (const std::string program = interpreter_of(recipe->runtime);
            !program.empty() && find_program(program, options_.path).empty()) {
          return finish(job, fail(ErrorCode::kMissingRuntime,
                                  "The app needs " + program + ", which this node does not have.",
                                  "Install it on the node, or deploy to a node that has it."));
        }
        say(job, built.why);
        build(job);
      });
}

void Preparer::build(const JobPointer& job) {
  if (job->build.empty()) return save(job);
  set_stage(job, ReplicaState::kBuilding);
  say(job, "$ " + job->build);
  const std::string tree = store_.tree_folder(job->key);
  CommandPlan plan{.arguments = {"/bin/sh", "-c", job->build},
                   .environment = {},
                   .folder = app_folder(*job),
                   .time_max = std::chrono::seconds(job->replica.spec.build_seconds)};
  plan.environment = {
      "PATH=" + options_.path,       "HOME=" + tree + "/home",      "LANG=C.UTF-8", "CI=true",
      "A67_APP=" + job->replica.app, "A67_NODE=" + options_.node_id};
  for (const std::string& setting : options_.build_environment) plan.environment.push_back(setting);
  for (const auto& [name, value] : job->replica.spec.env) {
    plan.environment.push_back(name + "=" + value.expose());
  }
  const auto on_lines = [this, job](const std::vector<std::string>& lines) {
    if (!job->dropped) events_.on_lines(job->key, LogStream::kBuild, lines);
  };
  run(job, plan, on_lines, [this, job](const CommandEnd& end) {
    if (end.ok()) return save(job);
    Error error = explain_build_failure(job->build, describe(end.end), end.timed_out,
                                        job->replica.spec.build_seconds);
    error.lines = end.last_lines;
    finish(job, std::unexpected(std::move(error)));
  });
}

void Preparer::save(const JobPointer& job) {
  work(
      job,
      [store = &store_, job]() -> Result<void> {
        job->built.bytes =
            static_cast<std::int64_t>(tree_bytes(store->tree_folder(job->key), kTreeEntriesMax));
        job->built.built_at = unix_now();
        return store->finish_tree(job->key, job->built);
      },
      [this, job] { finish(job, job->built); });
}

void Preparer::finish(const JobPointer& job, const Result<BuiltRelease>& built) {
  --active_;
  jobs_.erase(job->key);
  job->dropped = true;
  if (!built) worker_.run([store = &store_, key = job->key] { store->drop_tree(key); }, [] {});
  const std::shared_ptr<Preparer> self = shared_from_this();
  if (const auto on_done = events_.on_done) on_done(job->key, built);
  start_next();
}

void Preparer::set_stage(const JobPointer& job, ReplicaState stage) {
  job->stage = stage;
  if (events_.on_stage) events_.on_stage(job->key, stage);
}

void Preparer::say(const JobPointer& job, const std::string& line) {
  if (!line.empty() && events_.on_lines) events_.on_lines(job->key, LogStream::kBuild, {line});
}

void Preparer::run(const JobPointer& job, const CommandPlan& plan, CommandRun::OnLines on_lines,
                   std::function<void(const CommandEnd&)> then) {
  job->command = CommandRun::start(
      io_, plan, std::move(on_lines),
      [self = shared_from_this(), job, then = std::move(then)](Result<CommandEnd> end) {
        job->command = nullptr;
        if (self->closed_ || job->dropped) return;
        if (!end) return self->finish(job, std::unexpected(end.error()));
        then(*end);
      });
}

void Preparer::work(const JobPointer& job, std::function<Result<void>()> work,
                    std::function<void()> then) {
  auto result = std::make_shared<Result<void>>();
  worker_.run([work = std::move(work), result] { *result = work(); },
              [self = shared_from_this(), job, result, then = std::move(then)] {
                if (self->closed_ || job->dropped) return;
                if (!*result) return self->finish(job, std::unexpected(result->error()));
                then();
              });
}

std::string Preparer::app_folder(const Job& job) const {
  return store_.app_folder(job.key) + (job.built.folder.empty() ? "" : "/" + job.built.folder);
}

}  // namespace a67
