// Names of layers in rules, and the masks that rules make. The bits are in bit_rules.cpp.
#include "compiler/generate/rules.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "compiler/generate/counter_random.hpp"
#include "models/kit/input_error.hpp"

namespace cairn::compiler {

namespace {

bool matches(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern.front() != '*')
    return !name.empty() && name.front() == pattern.front() &&
           matches(pattern.substr(1), name.substr(1));
  for (std::size_t skipped = 0; skipped <= name.size(); ++skipped)
    if (matches(pattern.substr(1), name.substr(skipped))) return true;
  return false;
}

std::uint64_t key_of(std::uint64_t seed, const std::string& group) {
  std::uint64_t key = random_word(seed, 0);
  for (const char c : group)
    key = random_word(key, static_cast<unsigned char>(c));
  return key;
}

std::vector<bool> listed(const MaskRule& rule, const ArchitectureLayer& layer) {
  std::vector<bool> kept(static_cast<std::size_t>(layer.out.channels));
  for (const int c : rule.channels) {
    if (c < 0 || c >= layer.out.channels)
      throw InputError("masks.channels names channel " + std::to_string(c) + ", but layer '" +
                       layer.name + "' has " + std::to_string(layer.out.channels));
    kept[static_cast<std::size_t>(c)] = true;
  }
  return kept;
}

/// The channels with the smallest random numbers.
std::vector<bool> chosen(const MaskRule& rule, const ArchitectureLayer& layer, std::uint64_t key) {
  const auto channels = static_cast<std::size_t>(layer.out.channels);
  const double groups = rule.keep * layer.out.channels / rule.multiple;
  const auto count = static_cast<std::size_t>(std::max(1.0, std::nearbyint(groups))) *
                     static_cast<std::size_t>(rule.multiple);
  std::vector<bool> kept(channels, count >= channels);
  if (count >= channels) return kept;
  std::vector<std::pair<std::uint64_t, std::size_t>> order;
  for (std::size_t c = 0; c < channels; ++c)
    order.emplace_back(random_word(key, c), c);
  std::ranges::sort(order);
  for (std::size_t i = 0; i < count; ++i)
    kept[order[i].second] = true;
  return kept;
}

}  // namespace

std::vector<std::size_t> matching_layers(const Architecture& architecture,
                                         const std::vector<std::string>& patterns,
                                         const std::string& key) {
  std::vector<std::size_t> found;
  for (const std::string& pattern : patterns) {
    const std::size_t before = found.size();
    for (std::size_t i = 0; i < architecture.layers.size(); ++i)
      if (matches(pattern, architecture.layers[i].name)) found.push_back(i);
    if (found.size() == before)
      throw InputError(key + " names '" + pattern + "', which is no layer of this network");
  }
  return found;
}

std::vector<std::vector<bool>> assign_masks(const Generator& g, const Architecture& architecture) {
  std::vector<std::vector<bool>> masks(architecture.layers.size());
  for (const MaskRule& rule : g.masks) {
    if (!(rule.keep > 0 && rule.keep <= 1))
      throw InputError("masks.keep must be above 0 and at most 1, not " +
                       std::to_string(rule.keep));
    if (rule.multiple < 1 || rule.multiple > 65'535)
      throw InputError("masks.multiple must be 1 to 65535, not " + std::to_string(rule.multiple));
    bool any = false;
    for (const std::size_t i : matching_layers(architecture, rule.layers, "masks.layers")) {
      const ArchitectureLayer& layer = architecture.layers[i];
      if (layer.op != numbers::Op::convolution) continue;
      any = true;
      masks[i] = rule.channels.empty() ? chosen(rule, layer, key_of(g.seed, layer.mask_group))
                                       : listed(rule, layer);
    }
    if (!any) throw InputError("masks.layers names no convolution; only these have masks");
  }
  return masks;
}

}  // namespace cairn::compiler
