// Which bits and channel masks the layers of a generated network have.
#pragma once

#include <vector>

#include "compiler/generate/architecture.hpp"

namespace cairn::compiler {

struct LayerBits {
  numbers::FeatureType in, second, out;
  int weights = 0;  ///< 0 where the operation has none
};

struct NetworkBits {
  numbers::FeatureType input;
  std::vector<LayerBits> layers;
};

/// Applies the bit rules. Throws InputError for bits out of range, for a rule that names no layer,
/// and where layers that read the same features ask for different bits.
NetworkBits assign_bits(const Generator& generator, const Architecture& architecture);

/// Applies the mask rules: NetworkLayer::kept of each layer. Layers of one mask group that keep
/// equally many channels keep the same ones. Throws InputError for rules that name no layer or a
/// layer whose channels cannot be chosen, shares out of range and channels that are not there.
std::vector<std::vector<bool>> assign_masks(const Generator& generator,
                                            const Architecture& architecture);

/// Indices of the layers whose name matches one of `patterns`, in which '*' stands for any text.
/// Throws InputError naming `key` and the pattern if one matches no layer.
std::vector<std::size_t> matching_layers(const Architecture& architecture,
                                         const std::vector<std::string>& patterns,
                                         const std::string& key);

}  // namespace cairn::compiler
