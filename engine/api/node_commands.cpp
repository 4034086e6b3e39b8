#include "engine/api/node_commands.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "engine/api/views.h"
#include "engine/base/encoding.h"
#include "engine/fleet/order_token.h"
#include "engine/fleet/single_port.h"

namespace a67 {
namespace {

constexpr Duration kFirstWordMax{5'000};
constexpr Duration kEmptyMax{180'000};

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

Error explain_reaching(Error error, const std::string& url) {
  if (error.code == ErrorCode::kUnreachable || error.code == ErrorCode::kTimeout) {
    error.message = "Nothing answers at " + url + " as a node should. " + error.message;
    error.hint =
        "Check that automator67-node runs there and that the address is its control address (its "
        "`ready control=...` line). A page can reach it only from the origins it allows.";
    error.field = "url";
  }
  return error;
}

Error explain_claim(NodeRefusal refusal, const std::string& name) {
  Error error = std::move(refusal.error);
  switch (error.code) {
    case ErrorCode::kForbidden:
      error.hint = "The code is in the file `claim-code` of " + name + "'s data folder.";
      error.field = "code";
      break;
    case ErrorCode::kConflict:
      error.message = name + " belongs to another controller.";
      error.hint = "Give it up there first, or run `automator67-node reset` on its machine.";
      break;
    case ErrorCode::kClockSkew:
      error.message = name + "'s clock and this device's differ too much to claim it.";
      error.hint = "Set both clocks by the network, for example with `timedatectl set-ntp true`.";
      break;
    default:
      break;
  }
  return error;
}

}  // namespace

void NodeCommands::add_to(Commands& commands) {
  commands.add("node.claim", this, &NodeCommands::claim);
  // A removal that is given up must put the node to use again.
  commands.add("node.remove", this, &NodeCommands::remove, Commands::Cancel::kAsk);
}

// ---- claim

Task<Result<Json>> NodeCommands::claim(Commands::Context context, Json body) {
  const std::string url = without_slash(string_or(body, "url"));
  auto record = co_await take_in(url, Sensitive<std::string>(string_or(body, "code")));
  if (!record) co_return std::unexpected(explain_reaching(record.error(), url));
  co_await await_first_word(context, record->id);
  const NodeRecord* node = controller_.state().find_node(record->id);
  if (node == nullptr) {
    co_return fail(ErrorCode::kConflict, record->name + " was removed while it was being claimed.");
  }
  co_return Json{{"node", controller_.view_of(*node)}};
}

Task<Result<NodeRecord>> NodeCommands::take_in(std::string url, Sensitive<std::string> code) {
  if (auto active = controller_.ensure_active(); !active) co_return std::unexpected(active.error());
  auto hello = co_await say_hello(url);
  if (!hello) co_return std::unexpected(hello.error());

  NodeRecord* known = controller_.state().find_node(hello->node);
  if (known == nullptr && controller_.state().nodes.size() >= kNodesMax) {
    co_return fail(ErrorCode::kTooLarge,
                   "There are " + std::to_string(kNodesMax) + " nodes already.",
                   "Remove one first.");
  }
  auto record = co_await claim_with(url, std::move(code), *hello);
  if (!record) co_return record;

  State& state = controller_.state();
  known = state.find_node(record->id);
  const bool is_new = known == nullptr;
  if (is_new) {
    state.nodes.push_back(*record);
  } else {
    *known = *record;
  }
  state.note(record->claimed_at, ActivityLevel::kInfo, "node.claimed", record->name,
             record->name + " was claimed.");
  controller_.add_link(*record);
  if (auto saved = co_await controller_.commit(); !saved) {
    // It would obey nobody else, and we do not know it: its next claim needs a fresh code.
    if (is_new) co_await unclaim(*record);
    co_return std::unexpected(saved.error());
  }
  co_return record;
}

Task<Result<Hello>> NodeCommands::say_hello(std::string url) {
  auto response = co_await controller_.ports().http.send(make_hello_request(url));
  if (!response) co_return std::unexpected(response.error());
  auto hello = read_hello_answer(*response);
  if (!hello) co_return std::unexpected(hello.error().error);
  const auto skew = hello->now - controller_.ports().clock.unix_now();
  if (std::abs(skew) > kClockAllowance.count()) {
    co_return fail(ErrorCode::kClockSkew,
                   hello->name + "'s clock is " + std::to_string(std::abs(skew) / 1000) +
                       (skew > 0 ? " s ahead of" : " s behind") +
                       " this device's; orders between them would be refused.",
                   "Set both clocks by the network, for example with `timedatectl set-ntp true`.");
  }
  co_return std::move(*hello);
}

Task<Result<NodeRecord>> NodeCommands::claim_with(std::string url, Sensitive<std::string> code,
                                                  Hello hello) {
  const OrderContext order{.key = controller_.key(),
                           .random = controller_.ports().random,
                           .node = hello.node,
                           .url = url,
                           .epoch = controller_.epoch(),
                           .now = controller_.ports().clock.unix_now()};
  const ClaimRequest request{.code = WireSecret(std::string(code.expose())),
                             .public_key = base64url_encode(controller_.key().public_key()),
                             .controller_name = "Automator67"};
  auto response = co_await controller_.ports().http.send(make_claim_request(order, request));
  if (!response) co_return std::unexpected(response.error());
  auto answer = read_claim_answer(*response);
  if (!answer) co_return std::unexpected(explain_claim(std::move(answer.error()), hello.name));
  // Where one port serves both, the node does not know by which name it is reached.
  const bool one_port = url.ends_with(kControlPrefix);
  co_return NodeRecord{.id = answer->node,
                       .name = answer->name,
                       .url = url,
                       .gateway_url = one_port ? url.substr(0, url.size() - kControlPrefix.size())
                                               : without_slash(answer->gateway_url),
                       .role = answer->role,
                       .claimed_at = controller_.ports().clock.unix_now()};
}

Task<void> NodeCommands::await_first_word(Commands::Context context, NodeId node) {
  controller_.follow(context);
  const Instant until = controller_.ports().executor.now() + kFirstWordMax;
  while (controller_.ports().executor.now() < until) {
    const auto link = controller_.links().find(node);
    if (link == controller_.links().end() || link->second->status()) co_return;
    co_await context->changed.wait_until(until);
  }
}

// ---- remove

Task<Result<Json>> NodeCommands::remove(Commands::Context context, Json body) {
  if (auto active = controller_.ensure_active(); !active) co_return std::unexpected(active.error());
  const std::string wanted = string_or(body, "node");
  auto& nodes = controller_.state().nodes;
  const auto found = std::ranges::find_if(nodes, [&](const NodeRecord& node) {
    return node.id.value == wanted || node.name == wanted;
  });
  if (found == nodes.end()) {
    co_return fail(ErrorCode::kNotFound, "There is no node `" + wanted + "`.", {}, "node");
  }
  const NodeId id = found->id;
  if (!bool_or(body, "force")) {
    if (auto emptied = co_await empty_node(context, id); !emptied) {
      if (NodeRecord* node = controller_.state().find_node(id)) node->leaving = false;
      (void)co_await controller_.commit();
      co_return std::unexpected(emptied.error());
    }
  }
  const NodeRecord* node = controller_.state().find_node(id);
  if (node == nullptr) {
    // Another command removed it meanwhile; that may not be durable yet.
    if (auto saved = co_await controller_.commit(); !saved)
      co_return std::unexpected(saved.error());
    co_return Json::object();
  }
  const NodeRecord removed = *node;
  if (auto forgotten = co_await forget(id); !forgotten) {
    co_return std::unexpected(forgotten.error());
  }
  co_await unclaim(removed);
  co_return Json::object();
}

Task<Result<void>> NodeCommands::forget(NodeId id) {
  State& state = controller_.state();
  const NodeRecord* node = state.find_node(id);
  if (node == nullptr) co_return co_await controller_.commit();
  const std::string name = node->name;
  controller_.remove_link(id);
  std::erase_if(state.nodes, [&](const NodeRecord& other) { return other.id == id; });
  state.note(controller_.ports().clock.unix_now(), ActivityLevel::kInfo, "node.removed", name,
             name + " was given up.");
  co_return co_await controller_.commit();
}

Task<Result<void>> NodeCommands::empty_node(Commands::Context context, NodeId id) {
  const auto link = controller_.links().find(id);
  if (link != controller_.links().end() && link->second->state() == NodeState::kDead) {
    co_return fail(
        ErrorCode::kUnreachable,
        controller_.state().node_name(id) + " does not answer, so it cannot be told to stop.",
        "Remove it with `force` to forget it; reset it on its machine before it is used again.");
  }
  controller_.state().find_node(id)->leaving = true;
  if (auto saved = co_await controller_.commit(); !saved) co_return saved;
  controller_.follow(context);
  const Instant until = controller_.ports().executor.now() + kEmptyMax;
  for (;;) {
    State& state = controller_.state();
    // Another removal that could not be saved has put it to use again.
    if (NodeRecord* node = state.find_node(id)) node->leaving = true;
    const AppRecord* occupant = nullptr;
    for (const AppRecord& app : state.apps) {
      if (std::ranges::find(app.assignments, id, &Assignment::node) != app.assignments.end()) {
        occupant = &app;
      }
    }
    if (occupant == nullptr) co_return Result<void>{};
    if (context->cancelled) {
      co_return fail(ErrorCode::kCancelled, "Cancelled. " + state.node_name(id) + " stays.");
    }
    if (occupant->placement_error || controller_.ports().executor.now() >= until) {
      co_return fail(
          ErrorCode::kNoNodes,
          "No other node can take the replicas of " + occupant->name + " from " +
              state.node_name(id) + ".",
          "Add a node, scale the app down, or remove the node with `force`: its replicas "
          "then stop.");
    }
    co_await context->changed.wait_until(until);
  }
}

// Best effort: a node that cannot be told keeps refusing other controllers until it is reset.
Task<void> NodeCommands::unclaim(NodeRecord node) {
  const OrderContext order{.key = controller_.key(),
                           .random = controller_.ports().random,
                           .node = node.id,
                           .url = node.url,
                           .epoch = controller_.epoch(),
                           .now = controller_.ports().clock.unix_now()};
  auto response = co_await controller_.ports().http.send(make_unclaim_request(order));
  if (response && read_unclaim_answer(*response)) co_return;
  controller_.ports().log.write(LogLevel::kWarning,
                                node.name + " could not be told that it was given up.");
}

}  // namespace a67
