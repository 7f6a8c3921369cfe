// The result of a run: named figures in the order in which they were added, and what was wrong.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace strims::load {

class Report {
 public:
  explicit Report(std::string scenario) : scenario_(std::move(scenario)) {}
  void add(std::string_view name, uint64_t value);
  void add(std::string_view name, double value, int digits);
  void add(std::string_view name, std::string_view value);
  // The run fails for this reason.
  void fault(std::string_view text);
  // The run fails when `count` is not zero.
  void must_be_zero(std::string_view name, uint64_t count);
  bool passed() const { return faults_.empty(); }

  std::string to_text() const;
  std::string to_json() const;

 private:
  struct Figure {
    std::string name;
    std::string value;
    bool quoted = false;
  };
  std::string scenario_;
  std::vector<Figure> figures_;
  std::vector<std::string> faults_;
};

}  // namespace strims::load
