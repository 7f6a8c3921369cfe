// For tests only: streams without threads. Jobs of the desk run at once, on the caller's thread.
#pragma once

#include "base/id.h"
#include "chat/room_calls.h"
#include "storage/database_case.h"
#include "stream/desk.h"

namespace strims::api {

class TestDesk final : public stream::Desk {
 public:
  TestDesk(sql::Connection& db, const Clock& clock, IdSource& ids, chat::RoomCalls& room)
      : db_(db),
        recorder_({.disk_floor_bytes = 0}, [](stream::RecorderEvent) {}),
        broadcasts_({.record_root = root_}, clock, ids, recorder_, directory_,
                    {.announce =
                         [&room](EntryKind kind, std::string text, std::string fields) {
                           room.announce(kind, std::move(text), std::move(fields), [](auto) {});
                         },
                     .show = [&room](std::string fields) { room.show_stream(std::move(fields)); },
                     .close_session = [this](SessionId session,
                                             EndReason) { closed.push_back(session); }}) {}

  bool run(Job job) override {
    if (!takes) return false;
    job(broadcasts_, &db_);
    return true;
  }
  const stream::Directory& directory() const override { return directory_; }
  std::shared_ptr<const stream::Grants> grants() const override { return grants_; }
  const stream::Recorder& recorder() const override { return recorder_; }
  const std::string& record_root() const override { return root_; }
  void looked_at(const std::string&) override {}
  media::SharedBytes picture(const std::string&) const override { return picture_bytes; }
  const std::string& rtmp_url() const override { return url_; }
  const std::string& rtmps_url() const override { return none_; }

  bool takes = true;
  std::vector<SessionId> closed;
  media::SharedBytes picture_bytes;

 private:
  sql::Connection& db_;
  storage::TempFolder folder_;
  const std::string root_ = folder_.file("rec");
  const std::string url_ = "rtmp://localhost:1935/live", none_;
  const std::shared_ptr<const stream::Grants> grants_ =
      std::make_shared<const stream::Grants>(*stream::Grants::make({std::string(32, 'k')}));
  stream::Directory directory_;
  stream::Recorder recorder_;
  stream::Broadcasts broadcasts_;
};

}  // namespace strims::api
