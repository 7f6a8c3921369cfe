// The database connection of the lane thread that runs a handler. The lane sets it for the length
// of each job.
#pragma once

#include "base/error.h"
#include "storage/sql/database.h"

namespace strims::api {

class LaneConnection {
 public:
  // For the scope of one job on this thread.
  explicit LaneConnection(Result<sql::Connection*> connection);
  ~LaneConnection();
  LaneConnection(const LaneConnection&) = delete;
  LaneConnection& operator=(const LaneConnection&) = delete;

  // The connection of the running job, or why there is none (unavailable). Lane threads only.
  static Result<sql::Connection*> current();
};

}  // namespace strims::api
