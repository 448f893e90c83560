// How a dot product is cut into searches: what the entries store, which classes are searched.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "models/npu/geometry.hpp"
#include "models/npu/numbers/layer.hpp"

namespace cairn::npu::ec {

/// Values of the geometry's `plan`.
enum class Counting : std::uint8_t {
  bit_planes,       ///< one search for each pair of bits, then one step that adds the counts up
  magnitude_pairs,  ///< one search and one multiplication for each unordered pair of magnitudes
  product_classes,  ///< one search and one multiplication for each magnitude of a product
};
inline const std::vector<std::string> kCountingNames = {"bitplane", "magnitude-pairs",
                                                        "product-classes"};

Counting counting_of(const Geometry& geometry);

/// An operand's bits in the array: bit p says that the operand is in plane p. An operand 0 is in no
/// plane. At most 8 planes.
using PlaneTable = std::array<std::uint8_t, 256>;

/// An entry matches where the feature is in one plane and the weight in the other.
struct PlanePair {
  std::uint8_t feature = 0, weight = 0;
  bool operator==(const PlanePair&) const = default;
};

/// Searches of one dot product. The pairs of a class are searched at once, no entry matches two of
/// them, and a class in which nothing matches is skipped: the match lines of an array tell, wired
/// together, before the count begins (assumed).
///
/// Entries hold features as they are stored (q, zero point included) and weights; what the zero
/// point adds is a constant of each output channel, and padding holds the zero point.
struct CountingPlan {
  PlaneTable feature_planes{};    ///< by code, q - low()
  PlaneTable weight_planes{};     ///< by the weight's two's complement
  int features = 0, weights = 0;  ///< planes of each
  std::vector<std::vector<PlanePair>> classes;
  bool accumulates = false;  ///< a last step adds up what bit planes counted, if any matched
  bool multiplies = false;   ///< each class that matched is multiplied by its product

  /// Steps of a dot product in which every class matches.
  std::uint64_t dense_steps() const { return classes.size() + (accumulates ? 1 : 0); }
};

/// Empty if the plan can count the layer's operands, else why not, as a clause.
std::string uncountable(const numbers::Layer& layer, Counting counting);

/// Of a layer with weights, for which uncountable() is empty.
CountingPlan counting_plan(const numbers::Layer& layer, Counting counting);

}  // namespace cairn::npu::ec
