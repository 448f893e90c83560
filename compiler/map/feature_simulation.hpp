// The features of a network as they come alive and die, tile by tile, in rings as long as they must
// be.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "compiler/map/ring_space.hpp"
#include "compiler/map/rings.hpp"
#include "compiler/map/tile_sequence.hpp"
#include "compiler/network.hpp"
#include "models/npu/mapping.hpp"

namespace cairn::compiler {

/// Runs groups one after the other. Copyable, so that a plan can be tried.
class FeatureSimulation {
 public:
  /// `rings_of`: see tensor_rings(). The network outlives the simulation.
  FeatureSimulation(const Network& network, std::vector<unsigned> rings_of,
                    npu::FeaturePolicy policy);

  /// Runs the tiles of the next group. `live_from` is by layer (npu::live_from).
  void run(const std::vector<TileUse>& tiles,
           const std::vector<std::vector<std::uint32_t>>& live_from);

  std::uint64_t needed_bits(unsigned ring) const { return spaces_[ring].needed_bits(); }
  std::uint64_t live_bits(unsigned ring) const { return spaces_[ring].live_bits(); }
  /// The layer during which the ring's need grew last.
  std::size_t neediest(unsigned ring) const { return neediest_[ring]; }
  /// First bit of a tensor (layer index; network.layers.size(): the input), before wrapping.
  std::uint64_t begin(std::size_t tensor) const {
    return spaces_[rings_of_[tensor]].begin(numbers_[tensor]);
  }
  unsigned ring_of(std::size_t tensor) const { return rings_of_[tensor]; }
  std::size_t tensor(int producer) const {
    return producer == kNetworkInput ? network_->layers.size() : static_cast<std::size_t>(producer);
  }
  /// What the layer does with its input and its second input.
  job::Release in_release(std::size_t layer) const { return in_release_[layer]; }
  job::Release second_release(std::size_t layer) const { return second_release_[layer]; }
  /// Most bits alive in the feature memory while the layer ran.
  std::uint64_t peak_bits(std::size_t layer) const { return peak_bits_[layer]; }

 private:
  void start(std::size_t layer);
  void run_tile(const TileUse& use, const std::vector<std::uint32_t>& live_from);
  job::Release read_once_more(std::size_t tensor);
  std::uint64_t live_features() const;

  const Network* network_;
  std::vector<unsigned> rings_of_;
  npu::FeaturePolicy policy_;
  std::array<RingSpace, rings::kCount> spaces_;
  std::array<std::size_t, rings::kCount> neediest_{};
  std::vector<std::size_t> numbers_;  // in the ring, by tensor
  std::vector<std::size_t> unread_;   // reading layers left, by tensor
  std::vector<bool> started_;
  std::vector<job::Release> in_release_, second_release_;
  std::vector<std::uint64_t> peak_bits_;
};

}  // namespace cairn::compiler
