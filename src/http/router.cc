#include "http/router.h"

#include <fmt/core.h>

#include <cstdlib>
#include <map>

#include "proto/http_message.h"

namespace strims::http {

struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> param;  // "{name}"
  std::unique_ptr<Node> rest;   // "{name...}"
  std::string name;             // of the parameter that leads here
  std::vector<const Route*> methods;
};

namespace {

[[noreturn]] void broken(std::string_view pattern, std::string_view why) {
  fmt::print(stderr, "route {}: {}\n", pattern, why);
  std::abort();
}

// Cuts "/segment" off; "/a/" has the segments "a" and "".
std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

}  // namespace

Route get_route(std::string pattern, std::string summary, RunOn run_on, Handler handler) {
  Route route;
  route.method = "GET";
  route.pattern = std::move(pattern);
  route.summary = std::move(summary);
  route.run_on = run_on;
  route.handler = std::move(handler);
  route.body_limit = 0;
  return route;
}

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(Route route) {
  const std::string pattern = route.pattern;
  if (!pattern.starts_with('/')) broken(pattern, "does not begin with a slash");
  if (!proto::is_token(route.method)) broken(pattern, "has no method");
  if (!route.handler && !route.upgrade) broken(pattern, "has no handler");
  Node* node = root_.get();
  std::string_view left = pattern;
  while (!left.empty()) {
    const std::string_view segment = next_segment(left);
    if (!is_parameter(segment)) {
      if (segment.find_first_of("{}") != std::string_view::npos)
        broken(pattern, "has a stray brace");
      auto& next = node->literals[std::string(segment)];
      if (!next) next = std::make_unique<Node>();
      node = next.get();
      continue;
    }
    std::string_view name = segment.substr(1, segment.size() - 2);
    const bool takes_rest = name.ends_with("...");
    if (takes_rest) {
      name.remove_suffix(3);
      if (!left.empty()) broken(pattern, "has segments after the rest");
    }
    auto& next = takes_rest ? node->rest : node->param;
    if (!next) {
      next = std::make_unique<Node>();
      next->name = name;
    }
    if (next->name != name) broken(pattern, "names a parameter differently than another route");
    node = next.get();
  }
  for (const Route* other : node->methods)
    if (other->method == route.method) broken(pattern, "was added twice");
  routes_.push_back(std::make_unique<Route>(std::move(route)));
  node->methods.push_back(routes_.back().get());
}

void Router::add_upgrade(std::string pattern, UpgradeHandler handler, std::string access) {
  Route route;
  route.method = "GET";
  route.pattern = std::move(pattern);
  route.upgrade = std::move(handler);
  route.access = std::move(access);
  route.body_limit = 0;
  add(std::move(route));
}

namespace {

// The methods of a node as an Allow header (RFC 9110 section 10.2.1). An upgrade route has GET
// only.
std::string allow_of(const std::vector<const Route*>& methods) {
  std::string out;
  bool upgrade = false;
  for (const Route* route : methods) {
    if (!out.empty()) out += ", ";
    out += route->method;
    if (route->method == "GET" && !route->upgrade) out += ", HEAD";
    upgrade = upgrade || route->upgrade;
  }
  if (!upgrade) out += ", OPTIONS";
  return out;
}

}  // namespace

Router::Match Router::match(std::string_view method, std::string_view path) const {
  struct Search {
    // (parameter name, value) of the way so far
    std::vector<std::pair<std::string_view, std::string_view>> found;

    const Node* walk(const Node& node, std::string_view left) {
      if (left.empty()) return node.methods.empty() ? nullptr : &node;
      const std::string_view whole = left.substr(1);
      const std::string_view segment = next_segment(left);
      if (const auto it = node.literals.find(segment); it != node.literals.end())
        if (const Node* end = walk(*it->second, left)) return end;
      if (node.param && !segment.empty()) {
        found.emplace_back(node.param->name, segment);
        if (const Node* end = walk(*node.param, left)) return end;
        found.pop_back();
      }
      if (!node.rest) return nullptr;
      found.emplace_back(node.rest->name, whole);
      return node.rest.get();
    }
  };
  Match match;
  if (!path.starts_with('/')) return match;
  Search search;
  const Node* node = search.walk(*root_, path);
  if (node == nullptr) return match;
  match.allow = allow_of(node->methods);
  const auto route_for = [&](std::string_view wanted) -> const Route* {
    for (const Route* route : node->methods)
      if (route->method == wanted) return route;
    return nullptr;
  };
  match.route = route_for(method);
  if (match.route == nullptr && method == "HEAD") {
    match.route = route_for("GET");
    if (match.route != nullptr && match.route->upgrade) match.route = nullptr;
    match.head_by_get = match.route != nullptr;
  }
  if (match.route != nullptr)
    for (const auto& [name, value] : search.found)
      match.params.add(std::string(name), std::string(value));
  return match;
}

}  // namespace strims::http
