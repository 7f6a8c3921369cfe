// The hub's metrics, registered once.
#pragma once

#include <string_view>

#include "obs/metric.h"

namespace strims::hub {

struct HubMetrics {
  obs::Gauge& connections;
  obs::Gauge& users;
  obs::Counter& commands;
  obs::Counter& messages;
  obs::Counter& deliveries;
  obs::Counter& sends;
  obs::Counter& bytes_sent;
  obs::Gauge& deflated;         // connections that read a deflated feed
  obs::Counter& deflate_saved;  // bytes
  obs::Counter& gaps;
  obs::Histogram& admit_to_show;
  // By word; words that the chat does not know count as "other", so the label set is bounded.
  obs::Counter& refused(std::string_view word);
  obs::Counter& closed(std::string_view why);
};

HubMetrics& metrics();

}  // namespace strims::hub
