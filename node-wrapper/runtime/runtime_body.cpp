#include "node-wrapper/runtime/runtime_body.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <csignal>
#include <cstdlib>
#include <iterator>
#include <random>

#include "node-wrapper/releases/build_plan.h"
#include "node-wrapper/runtime/clock.h"
#include "node-wrapper/runtime/decide.h"
#include "node-wrapper/runtime/ports.h"

namespace a67 {
namespace {

constexpr std::size_t kStateBytesMax = std::size_t{4} << 20;

std::string own_path() {
  const char* path = std::getenv("PATH");
  return path == nullptr ? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" : path;
}

Sensitive<Seed> system_seed() {
  std::random_device device;
  Seed seed{};
  for (std::uint8_t& byte : seed) byte = static_cast<std::uint8_t>(device());
  return Sensitive<Seed>(seed);
}

ControlGroups::Options group_options(const RuntimeOptions& options) {
  return {.root = options.control_group_root,
          .own_groups = read_some("/proc/self/cgroup", 65'536),
          .name = "automator67-" + options.node_id,
          .enabled = options.use_control_groups};
}

}  // namespace

Runtime::Body::Body(boost::asio::io_context& io, RuntimeOptions options, ReleaseStore store)
    : io_(io),
      options_(std::move(options)),
      store_(std::move(store)),
      groups_(group_options(options_)),
      worker_(io),
      random_(system_seed()),
      tick_(io) {
  if (options_.path.empty()) options_.path = own_path();
}

Result<void> Runtime::Body::begin() {
  for (const char* part : {"/replicas", "/runtime"}) {
    if (Result<void> made = make_folders(options_.data_folder + part); !made) return made;
  }
  make_context();
  if (!options_.run_as_user.empty() && ::getuid() == 0) {
    context_->user =
        find_user(read_some("/etc/passwd", std::size_t{1} << 20), options_.run_as_user);
    if (!context_->user) {
      return fail(ErrorCode::kInvalidInput, "There is no user \"" + options_.run_as_user + "\".",
                  "Create it, or start the node without --user.");
    }
    // The apps' user must get through to its own folders, and no further.
    for (const char* part : {"", "/releases", "/releases/trees", "/replicas"}) {
      ::chmod((options_.data_folder + part).c_str(), 0711);
    }
  }
  make_preparer();
  machine_.sample();
  if (options_.find_runtimes) {
    machine_.find_runtimes(io_, options_.path, options_.data_folder + "/runtime",
                           [this] { notify(); });
  }
  last_tick_ = steady_now();
  tick();
  return {};
}

void Runtime::Body::make_context() {
  // `this` is safe in these: close() ends everything that could call them.
  context_ = std::make_shared<ReplicaContext>(ReplicaContext{
      .io = io_,
      .store = store_,
      .groups = groups_,
      .replicas_folder = options_.data_folder + "/replicas",
      .node_id = options_.node_id,
      .self_program = options_.self_program,
      .path = options_.path,
      .user = {},
      .life = options_.life,
      .changed = [this](const ReplicaId& id) { on_replica_changed(id); },
      .needs_release =
          [this](const ReplicaId& id) {
            if (const auto found = replicas_.find(id); found != replicas_.end()) {
              preparer_->want(found->second->key(), found->second->wanted());
            }
          },
      .choose_port =
          [this](std::uint16_t before) {
            std::set<std::uint16_t> reserved;
            for (const auto& [id, replica] : replicas_) reserved.insert(replica->port());
            reserved.erase(before);
            return a67::choose_port(before, reserved, random_);
          },
      .on_lines = [this](const std::string& app,
                         const std::vector<LogLine>& lines) { tell_followers(app, lines); }});
}

void Runtime::Body::make_preparer() {
  const std::string cache = store_.cache_folder();
  Preparer::Options options{.node_id = options_.node_id,
                            .path = options_.path,
                            .build_environment = build_environment(cache),
                            .allow_file_git = options_.allow_file_git,
                            .git_bytes_max = options_.git_bytes_max,
                            .git_time_max = options_.git_time_max,
                            .unpack = options_.unpack};
  preparer_ = std::make_shared<Preparer>(
      io_, worker_, store_, std::move(options),
      Preparer::Events{.on_stage =
                           [this](const std::string& key, ReplicaState stage) {
                             for_key(key, [&](Replica& replica) { replica.on_stage(stage); });
                             notify();
                           },
                       .on_lines =
                           [this](const std::string& key, LogStream stream,
                                  const std::vector<std::string>& lines) {
                             for_key(key,
                                     [&](Replica& replica) { replica.add_log(stream, lines); });
                           },
                       .on_done =
                           [this](const std::string& key, const Result<BuiltRelease>& built) {
                             for_key(key, [&](Replica& replica) {
                               if (built) {
                                 replica.on_prepared(*built);
                               } else {
                                 replica.on_prepare_failed(built.error());
                               }
                             });
                           }});
}

void Runtime::Body::close() {
  closed_ = true;
  tick_.cancel();
  on_change_ = nullptr;
  followers_.clear();
  preparer_->close();
  machine_.close();
  // Not the processes: the next wrapper takes them over.
  save();
  replicas_.clear();
}

void Runtime::Body::apply(const DesiredState& desired) {
  stopping_all_ = false;
  desired_.clear();
  for (const DesiredReplica& replica : desired.replicas) desired_[replica.id] = replica;
  const bool first = !std::exchange(resumed_, true);
  if (first) {
    resume_saved();
    end_strays();
  }
  std::vector<KnownReplica> known;
  for (const auto& [id, replica] : replicas_) {
    known.push_back({.id = id,
                     .generation = replica->wanted().generation,
                     .key = replica->key(),
                     .stopping = replica->is_stopping()});
  }
  for (const ReplicaDecision& decision : decide(desired.replicas, known)) {
    const std::shared_ptr<Replica> replica =
        replicas_.contains(decision.id) ? replicas_.at(decision.id) : nullptr;
    switch (decision.kind) {
      case ReplicaDecision::Kind::kStart:
        add(desired_.at(decision.id));
        break;
      case ReplicaDecision::Kind::kRestart:
        replica->restart(desired_.at(decision.id),
                         ReleaseStore::tree_key(desired_.at(decision.id)));
        break;
      case ReplicaDecision::Kind::kUpdate:
        replica->update(desired_.at(decision.id));
        break;
      case ReplicaDecision::Kind::kStop:
        replica->stop();
        break;
    }
  }
  drop_unneeded_preparations();
  collect_garbage();
  if (first) remove_old_folders();
  save();
  notify();
}

void Runtime::Body::add(const DesiredReplica& wanted) {
  auto replica = std::make_shared<Replica>(context_, wanted, ReleaseStore::tree_key(wanted));
  replicas_[wanted.id] = replica;
  replica->start();
}

void Runtime::Body::resume_saved() {
  const Result<std::string> text =
      read_file(options_.data_folder + "/runtime/state.json", kStateBytesMax);
  if (!text) return;
  const Result<SavedState> state = read_state(*text);
  if (!state) return;  // end_strays() sees to what it named
  const bool same_boot = state->boot_id == read_boot_id();
  for (const SavedReplica& saved : state->replicas) {
    DesiredReplica wanted;
    wanted.id = saved.id;
    wanted.app = saved.app;
    if (const auto found = desired_.find(saved.id); found != desired_.end()) wanted = found->second;
    auto replica = std::make_shared<Replica>(context_, std::move(wanted), saved.key);
    replicas_[saved.id] = replica;
    replica->resume(saved, same_boot);
  }
}

// What an earlier wrapper started and no replica of ours has taken over: builds, and apps whose
// state was lost.
void Runtime::Body::end_strays() {
  for (const OwnedProcess& process : processes_of_node(options_.node_id)) {
    const auto found = replicas_.find(ReplicaId(process.replica));
    if (found != replicas_.end() && found->second->has_process()) continue;
    ::kill(process.pid, SIGKILL);
  }
}

void Runtime::Body::drop_unneeded_preparations() {
  std::set<std::string> needed;
  for (const auto& [id, replica] : replicas_) {
    if (replica->needs_release()) needed.insert(replica->key());
  }
  preparer_->keep_only(needed);
}

void Runtime::Body::collect_garbage() {
  std::set<std::string> keys;
  std::set<std::string> archives;
  for (const auto& [id, wanted] : desired_) {
    keys.insert(ReleaseStore::tree_key(wanted));
    archives.insert(wanted.source.sha256);
  }
  for (const auto& [id, replica] : replicas_) keys.insert(replica->key());
  worker_.run([store = &store_, keys = std::move(keys),
               archives = std::move(archives)] { store->collect(keys, archives, unix_now()); },
              [] {});
}

// Folders of replicas that went while no wrapper was there to remove them.
void Runtime::Body::remove_old_folders() {
  const std::string folder = options_.data_folder + "/replicas";
  for (const std::string& name : names_in(folder)) {
    if (replicas_.contains(ReplicaId(name))) continue;
    worker_.run([path = folder + "/" + name] { remove_tree(path); }, [] {});
  }
}

void Runtime::Body::on_replica_changed(const ReplicaId& id) {
  if (closed_) return;
  const auto found = replicas_.find(id);
  if (found != replicas_.end() && found->second->is_gone() &&
      !std::exchange(forget_posted_, true)) {
    // Later: the replica that calls is still at work.
    boost::asio::post(io_, [weak = weak_from_this()] {
      if (const auto self = weak.lock(); self != nullptr && !self->closed_) self->forget_gone();
    });
  }
  save();
  notify();
}

void Runtime::Body::forget_gone() {
  forget_posted_ = false;
  for (auto at = replicas_.begin(); at != replicas_.end();) {
    if (!at->second->is_gone()) {
      ++at;
      continue;
    }
    groups_.remove(at->first.value);
    // Unless everything is only stopped for a while, nobody asks for its log again. The name is
    // given free at once, the removal takes its time.
    if (!stopping_all_) {
      const std::string folder = at->second->folder();
      const std::string doomed = options_.data_folder + "/replicas/.gone-" +
                                 std::to_string(::getpid()) + "-" + std::to_string(++gone_count_);
      if (::rename(folder.c_str(), doomed.c_str()) == 0) {
        worker_.run([doomed] { remove_tree(doomed); }, [] {});
      }
    }
    at = replicas_.erase(at);
  }
  save();
  notify();
  if (replicas_.empty()) {
    if (const auto done = std::exchange(on_all_stopped_, nullptr)) done();
  }
}

void Runtime::Body::stop_all(std::function<void()> done) {
  if (!std::exchange(resumed_, true)) {
    resume_saved();
    end_strays();
  }
  stopping_all_ = true;
  desired_.clear();
  for (const auto& [id, replica] : std::map(replicas_)) replica->stop();
  preparer_->keep_only({});
  on_all_stopped_ = std::move(done);
  boost::asio::post(io_, [weak = weak_from_this()] {
    if (const auto self = weak.lock(); self != nullptr && !self->closed_) self->forget_gone();
  });
}

void Runtime::Body::for_key(const std::string& key, const std::function<void(Replica&)>& each) {
  for (const auto& [id, replica] : std::map(replicas_)) {
    if (replica->key() == key && replica->needs_release()) each(*replica);
  }
}

}  // namespace a67
