// Where everybody else finds what streams consist of. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "stream/broadcasts.h"
#include "stream/directory.h"
#include "stream/grant.h"
#include "stream/recorder.h"

namespace strims::stream {

class Desk {
 public:
  // The connection is an error when the database cannot be reached.
  using Job = std::move_only_function<void(Broadcasts&, Result<sql::Connection*>)>;
  virtual ~Desk() = default;
  // Runs `job` on the owner's thread. False when too much waits there: `job` is destroyed.
  virtual bool run(Job job) = 0;

  virtual const Directory& directory() const = 0;
  virtual std::shared_ptr<const Grants> grants() const = 0;  // never null; others after a rotation
  virtual const Recorder& recorder() const = 0;
  virtual const std::string& record_root() const = 0;
  // Somebody looks at a listing or a channel: pictures are worth making.
  virtual void looked_at(const std::string& slug) = 0;
  // The newest picture of a channel; null: none.
  virtual media::SharedBytes picture(const std::string& slug) const = 0;
  // "rtmp://host:1935/live"; empty when nobody listens.
  virtual const std::string& rtmp_url() const = 0;
  virtual const std::string& rtmps_url() const = 0;
};

}  // namespace strims::stream
