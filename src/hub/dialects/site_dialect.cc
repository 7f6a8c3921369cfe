#include "hub/dialects/site_dialect.h"

#include "base/json_write.h"

namespace strims::hub {
namespace {

class SiteDialect final : public Dialect {
 public:
  explicit SiteDialect(std::function<std::string()> stream_info)
      : stream_info_(std::move(stream_info)) {}

  std::string_view name() const override { return "site"; }
  Parsed parse(std::string_view) const override { return {}; }

  std::string entry(const Entry& e) const override {
    return e.kind == EntryKind::stream ? envelope("dggApi:streamInfo", stream_info_())
                                       : std::string();
  }
  std::string stream(std::string_view) const override {
    return envelope("dggApi:streamInfo", stream_info_());
  }
  // What a newcomer is told, in the places of the chat's welcome.
  std::string me(const User*) const override {
    return envelope("dggApi:streamInfo", stream_info_());
  }
  std::string names(std::string_view, size_t, std::optional<size_t>) const override {
    return envelope("dggApi:hosting", "null");
  }
  std::string history(const std::vector<const Entry*>&) const override {
    return envelope("dggApi:embeds", "[]");
  }
  std::string paid_events(const std::vector<Entry>&, int64_t) const override {
    return envelope("dggApi:bannedEmbeds", "[]");
  }

  std::string presence(chat::PresenceKind, const User&, TimeMs) const override { return {}; }
  std::string notice(std::string_view, TimeMs) const override { return {}; }
  std::string reload() const override { return {}; }
  std::string refusal(const chat::Refusal&, std::string_view) const override { return {}; }
  std::string acknowledgement(const chat::Receipt&, std::string_view) const override { return {}; }
  std::string whisper(const chat::Whisper&) const override { return {}; }
  std::string whisper_sent(const chat::Whisper&) const override { return {}; }
  std::string vote_counted(int64_t) const override { return {}; }
  std::string pong(std::string_view) const override { return {}; }
  std::string listed(const User&) const override { return {}; }
  std::string resume_lost(Seq) const override { return {}; }
  std::string gap(Seq, Seq) const override { return {}; }
  std::string subonly(int) const override { return {}; }
  std::string muted(int64_t) const override { return {}; }
  std::string poll(const PollView&) const override { return {}; }

 private:
  static std::string envelope(std::string_view type, std::string_view data) {
    JsonWriter w;
    w.object().field("type", type).key("data").raw(data).end_object();
    return w.take();
  }

  const std::function<std::string()> stream_info_;
};

}  // namespace

std::unique_ptr<Dialect> make_site_dialect(std::function<std::string()> stream_info) {
  return std::make_unique<SiteDialect>(std::move(stream_info));
}

}  // namespace strims::hub
