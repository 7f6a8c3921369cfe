// What a line is made of, for the strims dialect (chat-websocket.md section 14): links, emotes,
// nicks, tags, code, spoilers, greentext and /me, with their places. Bounds are [start, end): bytes
// for links, code points for all else. What lies inside a link or code is left out.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace strims::text {

using WordSet = std::unordered_set<std::string>;

// The words the site knows. Immutable and shared; tags are in lower case.
struct EntityWords {
  WordSet emotes;
  WordSet modifiers;
  WordSet tags = {"nsfw", "nsfl", "loud", "weeb"};
};

struct Bounds {
  size_t start = 0;
  size_t end = 0;
};

struct Entities {
  struct Link {
    std::string url;
    Bounds bounds;  // bytes
  };
  struct Emote {
    std::string name;
    std::vector<std::string> modifiers;
    Bounds bounds;
    int combo = 0;  // set by the room; written from 2 upward
  };
  struct Named {
    std::string name;
    Bounds bounds;
  };
  std::vector<Link> links;
  std::vector<Emote> emotes;
  std::vector<Named> nicks;
  std::vector<Named> tags;
  std::vector<Bounds> codes;
  std::vector<Bounds> spoilers;
  std::vector<Bounds> greentext;  // none or one
  std::vector<Bounds> me;         // none or one

  // The object of section 14; "{}" when there is nothing.
  std::string to_json() const;
  // The text is exactly one emote (a combo may grow).
  bool only_one_emote(std::string_view text) const;
};

// `is_nick` is asked for each word of a nick's shape (as typed, without "@") and answers whether
// somebody of that name is here; it gives back the name as displayed, or "" for none. Linear in the
// text; at most 128 of each kind.
using NickLookup = std::function<std::string(std::string_view word)>;
Entities find_entities(std::string_view text, const EntityWords& words, const NickLookup& is_nick);

}  // namespace strims::text
