// The clients of the churn scenario: each connects, upgrades, waits for the first frame, leaves,
// and begins anew.
#pragma once

#include <memory>
#include <vector>

#include "load/client.h"
#include "load/crew.h"

namespace strims::load {

class ChurnWorker {
 public:
  ChurnWorker(const Plan& plan, size_t index, Board& board);
  ~ChurnWorker();
  ChurnWorker(const ChurnWorker&) = delete;
  ChurnWorker& operator=(const ChurnWorker&) = delete;
  // From the order to speak until the one to hush, then until the one to quit.
  void run();

 private:
  void begin_some();
  void begin(uint32_t slot);
  void poll();
  void on_open(uint32_t slot);
  void on_gone(uint32_t slot, bool was_open);

  const Plan& plan_;
  const size_t index_;
  Board& board_;
  Tally& tally_;
  Crowd crowd_;
  const int epoll_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<uint32_t> free_;
  int64_t begun_us_ = 0;
  uint64_t started_ = 0;
};

void run_churn_worker(const Plan& plan, size_t index, Board& board);

}  // namespace strims::load
