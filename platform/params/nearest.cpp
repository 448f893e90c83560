// The keys that look most like a misspelt one.
#include <algorithm>
#include <utility>

#include "platform/params/parameters.hpp"

namespace cairn::platform {

namespace {

/// Levenshtein distance: insertions, deletions and replacements of single characters.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row[b.size()];
}

}  // namespace

std::vector<std::string> nearest(std::string_view key, const std::vector<std::string>& keys,
                                 std::size_t count) {
  const std::string_view shown = key.substr(0, 200);
  std::vector<std::pair<std::size_t, std::string>> ranked;
  ranked.reserve(keys.size());
  for (const std::string& k : keys)
    ranked.emplace_back(distance(shown, k), k);
  std::ranges::stable_sort(ranked, {}, &std::pair<std::size_t, std::string>::first);
  std::vector<std::string> out;
  for (auto& [unused, k] : ranked)
    if (out.size() < count) out.push_back(std::move(k));
  return out;
}

}  // namespace cairn::platform
