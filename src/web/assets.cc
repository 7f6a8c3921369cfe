#include "web/assets.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/embedded.h"
#include "http/static_files.h"

namespace strims::web {

// Made at build time by tools/embed.py from the files that embed.cmake lists.
std::span<const EmbeddedFile> embedded();

namespace {

// "pages/app/main.js" -> "app/main.js", and the same for what the build has put into a folder of
// that name elsewhere ("../../build/release/src/web/pages/app/vendor/..."); empty for others.
std::string_view without_folder(std::string_view path) {
  for (const std::string_view folder : {"pages/", "assets/"}) {
    if (path.starts_with(folder)) return path.substr(folder.size());
  }
  static constexpr std::string_view kBuilt = "/web/pages/";
  const size_t at = path.rfind(kBuilt);
  return at == std::string_view::npos ? std::string_view() : path.substr(at + kBuilt.size());
}

struct Table {
  std::vector<std::string> paths;  // what the views in `files` point at
  std::vector<WebFile> files;
};

Table make_table() {
  Table table;
  const auto all = embedded();
  table.paths.reserve(all.size());  // the views must not move
  for (const EmbeddedFile& file : all) {
    const std::string_view name = without_folder(file.path);
    if (name.empty()) continue;
    const std::string_view path =
        table.paths.emplace_back(name == "index.html" ? "/" : fmt::format("/{}", name));
    table.files.push_back(
        {path, http::content_type_of(file.path), file.bytes, http::etag_of(file.bytes)});
  }
  std::ranges::sort(table.files, {}, &WebFile::path);
  return table;
}

}  // namespace

std::span<const WebFile> files() {
  static const Table table = make_table();
  return table.files;
}

const WebFile* find_file(std::string_view path) {
  const auto all = files();
  const auto it = std::ranges::lower_bound(all, path, {}, &WebFile::path);
  return it != all.end() && it->path == path ? &*it : nullptr;
}

}  // namespace strims::web
