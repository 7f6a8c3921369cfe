#include "load/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/json_write.h"

namespace strims::load {

void Report::add(std::string_view name, uint64_t value) {
  figures_.push_back({std::string(name), std::to_string(value), false});
}

void Report::add(std::string_view name, double value, int digits) {
  figures_.push_back({std::string(name),
                      fmt::format("{:.{}f}", std::isfinite(value) ? value : 0.0, digits), false});
}

void Report::add(std::string_view name, std::string_view value) {
  figures_.push_back({std::string(name), std::string(value), true});
}

void Report::fault(std::string_view text) {
  faults_.emplace_back(text);
}

void Report::must_be_zero(std::string_view name, uint64_t count) {
  add(name, count);
  if (count != 0) fault(fmt::format("{} is {}, not 0", name, count));
}

std::string Report::to_text() const {
  size_t width = 0;
  for (const Figure& figure : figures_) width = std::max(width, figure.name.size());
  std::string out = scenario_ + '\n';
  for (const Figure& figure : figures_)
    out += fmt::format("  {:<{}}  {}\n", figure.name, width, figure.value);
  for (const std::string& text : faults_) out += "  FAILED: " + text + '\n';
  return out;
}

std::string Report::to_json() const {
  JsonWriter w;
  w.object().field("scenario", scenario_).field("passed", passed());
  w.key("failures").array();
  for (const std::string& text : faults_) w.value(text);
  w.end_array();
  for (const Figure& figure : figures_) {
    w.key(figure.name);
    if (figure.quoted) {
      w.value(figure.value);
    } else {
      w.raw(figure.value);
    }
  }
  w.end_object();
  return w.take();
}

}  // namespace strims::load
