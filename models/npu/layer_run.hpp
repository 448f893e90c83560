// One layer on its way through a core: what has been read, what has been written.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "models/memory/banked_sram.hpp"
#include "models/npu/core.hpp"
#include "models/npu/counters.hpp"
#include "models/npu/feature_space.hpp"
#include "models/npu/prepared_layer.hpp"
#include "models/npu/ring_port.hpp"

namespace cairn::npu {

/// The memories that a core works on.
struct Memories {
  BankedSram& features;
  BankedSram& buffer;
  BankedSram& weights;

  BankedSram& at(job::Memory memory) const {
    return memory == job::Memory::kFeatures ? features : buffer;
  }
};

/// Words that pass the private ports in one step.
struct PortWords {
  std::uint64_t features = 0, weights = 0;
};

/// Performs the steps of one layer, tile by tile, on the real memories.
///
/// A tile is computed at once from the SRAM's bits when it begins. That is exact as long as nobody
/// else writes the bits before their step reads them; when somebody does (the bus, a fault), the
/// layer goes on step by step: each step delivers what the memory then holds and computes its own
/// pixels.
class LayerRun {
 public:
  /// Throws Fault.
  LayerRun(PreparedLayer& prepared, const LayerPlacement& placement, FeatureSpace& space,
           const Memories& memories);

  /// The next tile and its steps.
  void plan_tile(const Tile& tile);
  /// Throws Fault if the tile's block or its features are not where they must be. `job`: see
  /// Launch.
  void begin_tile(const job::TileCommand& command, std::uint64_t job = 0);
  const TileSteps& steps() const { return *steps_; }
  const numbers::Layer& layer() const { return prepared_.layer(); }
  std::uint32_t drain_cycles() const { return prepared_.drain_cycles(); }

  /// Counts and delivers what the step reads.
  void read(const Step& step, PortWords& words);
  /// What the step took of the array beside its cycles; after read().
  Activity activity(const Step& step) const;
  /// Writes the tile's channels of the step's pixels, or their partial sums, and frees what no
  /// later output needs. Throws Fault (ring_overrun).
  void write(const Step& step, PortWords& words);
  /// The last tile is done: inputs that nobody reads any more are gone.
  void finish();

  /// Somebody else is about to write these bytes.
  void features_change(const BankedSram& memory, std::uint64_t byte_begin,
                       std::uint64_t byte_count);
  void weights_change(std::uint64_t byte_begin, std::uint64_t byte_count);

  std::uint64_t take_overflows() { return std::exchange(overflows_, 0); }
  const LayerPlacement& placement() const { return placement_; }

 private:
  struct Input {
    RingPort port;
    SramStream stream;
    numbers::FeatureType type;
    job::Release release;
    std::uint32_t delivered = 0;  ///< pixels before this one are in the map
  };

  Input open(const Place& place, const numbers::FeatureType& type, job::Release release);
  void load_block();
  void deliver(std::size_t input, std::uint32_t first, std::uint32_t count);
  void deliver_for_tile();
  void compute(std::uint32_t first, std::uint32_t count);
  void compute_whole(std::uint32_t first, std::uint32_t count);
  void compute_partial(std::uint32_t first, std::uint32_t count);
  void read_run(Input& input, const PixelRun& run, PortWords& words);
  void write_features(const Step& step, PortWords& words);
  void write_partial(std::uint32_t pixel, PortWords& words);
  bool is_whole() const { return tile_.inputs == inputs(); }
  bool has_last_input() const { return tile_.first_input + tile_.inputs == inputs(); }
  bool has_last_channel() const {
    return tile_.first_channel + tile_.channels == static_cast<std::uint32_t>(layer().out.channels);
  }
  std::uint32_t inputs() const { return static_cast<std::uint32_t>(layer().in.channels); }
  std::uint64_t partial_bit(std::uint32_t pixel) const;

  PreparedLayer& prepared_;
  const LayerPlacement placement_;
  FeatureSpace& space_;
  const Memories memories_;
  std::vector<Input> in_;  // one, or two for an addition
  RingPort out_port_;
  SramStream out_stream_, weight_stream_, partial_in_, partial_out_;
  numbers::FeatureMap map_;

  Tile tile_;
  job::TileCommand command_{};
  std::uint64_t job_ = 0;
  const TileSteps* steps_ = nullptr;
  const PreparedBlock* block_ = nullptr;
  std::uint64_t block_bit_ = 0, block_bytes_ = 0;
  std::uint32_t needed_first_ = 0, needed_end_ = 0;  // input pixels of the tile's windows
  numbers::CodeVector codes_;                        // of the tile
  std::vector<std::int32_t> raw_;                    // raw accumulators or partial sums of the tile
  std::vector<Activity> activity_;                   // of its pixels, if the core has a meter
  std::uint64_t ignored_ = 0;  // words of the buffer, which is as wide as the array
  std::uint64_t overflows_ = 0;
  bool stepwise_ = false;   // this tile
  bool disturbed_ = false;  // features changed: all further tiles go stepwise
  bool block_changed_ = false;
};

}  // namespace cairn::npu
