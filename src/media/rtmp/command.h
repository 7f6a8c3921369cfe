// Commands from a client and the answers to them (RTMP 1.0, section 7.2). Pure functions; any
// thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "media/rtmp/amf0.h"
#include "media/rtmp/message.h"

namespace strims::media {

struct RtmpCommand {
  std::string_view name;
  double transaction = 0;  // 0: no answer is wanted
  Amf0Value object;        // the command object; undefined when there is none
  Amf0Reader arguments;    // what follows it
  uint32_t stream_id = 0;
};

// Reads the beginning of a command_amf0 or command_amf3 message. It points into the body. Errors:
// "bad_amf".
Result<RtmpCommand> parse_command(const RtmpMessage& message);

// The values in the body of a data_amf0 or data_amf3 message as an FLV script tag has them: without
// the "@setDataFrame" that RTMP puts in front. Empty when there is nothing to pass on. Does not
// look further than the first value.
std::span<const uint8_t> script_data(const RtmpMessage& message);

void append_created(std::string& out, double transaction, uint32_t stream_id);
void append_result(std::string& out, double transaction);
void append_error(std::string& out, double transaction, std::string_view code,
                  std::string_view description);
// The answer to connect.
void append_connected(std::string& out, double transaction);
// onStatus, or onFCPublish and onFCUnpublish, which encoders of Adobe's kind wait for.
void append_status(std::string& out, std::string_view name, uint32_t stream_id,
                   std::string_view level, std::string_view code, std::string_view description);

}  // namespace strims::media
