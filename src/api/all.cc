#include "api/call.h"

namespace strims::api {

void add_all(Api& api) {
  add_auth(api);
  add_users(api);
  add_login_keys(api);
  add_chat(api);
  add_moderation(api);
  add_dgg_chat(api);
  add_dgg_messages(api);
  add_dgg_site(api);
  add_strims_site(api);
  add_streams(api);
  add_stream_control(api);
  add_hls(api);
  add_vods(api);
  add_vod_media(api);
  add_thumbnails(api);
  add_ops(api);
}

}  // namespace strims::api
