// The running emote combo of a room: consecutive messages that are one and the same emote
// (chat-websocket 14).
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "model/user.h"

namespace strims::chat {

class Combo {
 public:
  void set_emotes(std::vector<std::string> words) {
    emotes_ = {std::make_move_iterator(words.begin()), std::make_move_iterator(words.end())};
  }
  // True when `text` continues the combo and `user` has his emote in it already.
  bool repeats(UserId user, std::string_view text) const {
    return running_ == word_of(text) && !running_.empty() && users_.contains(user);
  }
  // The place in the combo that `text` would have (1, 2, ...), 0 when it is no lone emote.
  int64_t place(std::string_view text) const {
    const std::string word = word_of(text);
    if (word.empty()) return 0;
    return word == running_ ? count_ + 1 : 1;
  }
  // An accepted message continues the combo, begins another one or ends it.
  void accept(UserId user, std::string_view text) {
    std::string word = word_of(text);
    if (word != running_ || word.empty()) {
      running_ = std::move(word);
      count_ = 0;
      users_.clear();
    }
    if (running_.empty()) return;
    users_.insert(user);
    ++count_;
  }

 private:
  // The emote of a text that is one emote (modifiers after ':' aside), else "".
  std::string word_of(std::string_view text) const {
    if (text.find_first_of(" \t\n") != std::string_view::npos) return {};
    std::string word(text.substr(0, text.find(':')));
    return emotes_.contains(word) ? word : std::string();
  }

  std::unordered_set<std::string> emotes_;
  std::unordered_set<UserId> users_;
  std::string running_;
  int64_t count_ = 0;
};

}  // namespace strims::chat
