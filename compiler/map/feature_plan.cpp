#include "compiler/map/feature_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/map/feature_simulation.hpp"
#include "compiler/map/tensor_rings.hpp"
#include "models/kit/input_error.hpp"
#include "models/npu/block.hpp"
#include "models/npu/live.hpp"

namespace cairn::compiler {

namespace {

using npu::Plan;
using npu::PlanRequest;
using numbers::Layer;

constexpr std::uint64_t kAlignment = 64;  ///< bits, of a ring
constexpr std::uint64_t kMaxFeatureBits = 0xffff'ffff;

constexpr std::uint32_t kPairBlocks = 8;  ///< of a pair in the weight SRAM, if not all weights fit

npu::Tile whole(const Layer& l) {
  return {0,
          static_cast<std::uint32_t>(l.out.pixels()),
          0,
          static_cast<std::uint32_t>(l.out.channels),
          0,
          static_cast<std::uint32_t>(l.in.channels)};
}

std::uint64_t aligned(std::uint64_t bits) {
  return (bits + kAlignment - 1) / kAlignment * kAlignment;
}

class Planner {
 public:
  Planner(Network& network, const npu::Mapping& mapping, const npu::ScheduleEntry& schedule,
          const CompileOptions& options)
      : network_(network), mapping_(mapping), schedule_(schedule), options_(options) {}

  FeaturePlan run() {
    check_memory();
    groups_ = make_groups(network_, mapping_, schedule_);
    move_strides(network_, groups_);
    for (const NetworkLayer& l : network_.layers) {
      const std::string reason = mapping_.unsupported(l.layer);
      if (!reason.empty())
        refuse(l, fmt::format("cannot run on core '{}': it {}", mapping_.core(), reason));
      live_from_.push_back(npu::live_from(l.layer));
    }
    rings_of_ = tensor_rings(network_, groups_, schedule_.policy);
    plan_.plans.resize(network_.layers.size());
    lay_out(smallest_rings());
    const FeatureSimulation chosen = simulate_chosen();
    place(chosen);
    return std::move(plan_);
  }

 private:
  [[noreturn]] void refuse(const NetworkLayer& l, const std::string& reason) const {
    throw InputError(fmt::format("network '{}': layer '{}' {}", network_.name, l.name, reason));
  }

  void check_memory() const {
    const std::uint64_t bits = mapping_.geometry().feature_bits;
    if (bits == 0 || bits % kAlignment != 0 || bits > kMaxFeatureBits)
      throw InputError(fmt::format(
          "core '{}': a feature memory of {} bits is not supported; it must be a multiple of {} "
          "bits and below 2^32",
          mapping_.core(), bits, kAlignment));
  }

  Plan plan(std::size_t layer, PlanRequest request) const {
    request.schedule = schedule_.name;
    if (request.block_bytes == 0) request.block_bytes = mapping_.geometry().weight_bytes / 2;
    request.dram_bytes_per_cycle = options_.dram_bytes_per_cycle;
    try {
      return mapping_.plan(network_.layers[layer].layer, request);
    } catch (const npu::PlanRefused& refused) {
      refuse(network_.layers[layer], refused.what);
    }
  }

  /// Plans the group's layers and returns its tiles.
  std::vector<TileUse> plan_group(const Group& g, npu::LoopOrder order, std::uint64_t bits) {
    PlanRequest request;
    request.order = order;
    request.feature_bits = bits;
    if (g.kind == Group::Kind::pair) {
      plan_pair(g, order);
    } else {
      if (g.kind == Group::Kind::stream) request.order = npu::LoopOrder::pixel_outer;
      plan_.plans[g.first] = plan(g.first, request);
      if (g.kind == Group::Kind::stream) plan_.plans[g.second] = plan(g.second, request);
    }
    return tile_sequence(network_, g, plan_.plans[g.first], plan_.plans[g.second]);
  }

  /// Both layers of a pair take the same pixels at once: as many as the buffer holds, or fewer if
  /// one of them prefers that.
  void plan_pair(const Group& g, npu::LoopOrder order) {
    Plan &first = plan_.plans[g.first], &second = plan_.plans[g.second];
    PlanRequest request;
    request.order =
        order == npu::LoopOrder::channel_outer ? npu::LoopOrder::automatic : order;
    request.pixels_at_once = mapping_.pair_pixels(network_.layers[g.first].layer);
    const auto whole_block = [&](std::size_t layer) {
      const Layer& l = network_.layers[layer].layer;
      return npu::block_shape(l, whole(l)).bytes();
    };
    const std::uint64_t both = whole_block(g.first) + whole_block(g.second);
    if (both > mapping_.geometry().weight_bytes && both <= 2ull * mapping_.geometry().weight_bytes) {
      // Small blocks: most of them stay from piece to piece, and only the others come again.
      request.block_bytes = mapping_.geometry().weight_bytes / kPairBlocks;
      request.resident_bytes = request.block_bytes;
    }
    for (;;) {
      first = plan(g.first, request);
      second = plan(g.second, request);
      if (same_pixels(first, second)) return;
      const std::uint32_t fewer =
          std::min(first.tiles.front().pixels, second.tiles.front().pixels);
      request.pixels_at_once = std::min(fewer, request.pixels_at_once - 1);
    }
  }

  static bool same_pixels(const Plan& a, const Plan& b) {
    const auto ranges = [](const Plan& plan) {
      std::vector<std::pair<std::uint32_t, std::uint32_t>> found;
      for (const npu::Tile& t : plan.tiles)
        if (found.empty() || found.back().first != t.first_pixel)
          found.emplace_back(t.first_pixel, t.pixels);
      return found;
    };
    return ranges(a) == ranges(b);
  }

  /// The main and the shortcut ring are largest at different times: as long as it helps, the map
  /// that needs most of the main ring, or the network's input, goes to the other one.
  FeatureSimulation smallest_rings() {
    FeatureSimulation best = simulate_smallest();
    if (schedule_.policy != npu::FeaturePolicy::ring || best.needed_bits(rings::kShortcut) == 0)
      return best;
    const auto both = [](const FeatureSimulation& s) {
      return s.needed_bits(rings::kMain) + s.needed_bits(rings::kShortcut);
    };
    for (bool helps = true; helps;) {
      helps = false;
      for (const std::size_t tensor : {best.neediest(rings::kMain), network_.layers.size()}) {
        if (rings_of_[tensor] != rings::kMain) continue;
        rings_of_[tensor] = rings::kShortcut;
        FeatureSimulation tried = simulate_smallest();
        helps = both(tried) < both(best);
        if (helps) {
          best = std::move(tried);
          break;
        }
        rings_of_[tensor] = rings::kMain;
      }
    }
    return best;
  }

  FeatureSimulation simulate_smallest() {
    FeatureSimulation s(network_, rings_of_, schedule_.policy);
    const npu::LoopOrder order = options_.order == npu::LoopOrder::channel_outer
                                     ? npu::LoopOrder::channel_outer
                                     : npu::LoopOrder::pixel_outer;
    for (const Group& g : groups_)
      s.run(plan_group(g, order, mapping_.geometry().feature_bits), live_from_);
    return s;
  }

  /// Sizes of the rings; throws if the memories are too small for them.
  void lay_out(const FeatureSimulation& s) {
    plan_.rings.resize(rings::kCount);
    const std::uint64_t capacity = mapping_.geometry().feature_bits;
    const std::uint64_t buffer = 8ull * mapping_.geometry().buffer_bytes;
    lay_out_buffer(s, buffer);
    for (const unsigned r : {rings::kMain, rings::kShortcut, rings::kThird})
      plan_.rings[r].bits = aligned(s.needed_bits(r));
    plan_.rings[rings::kPartialSums].bits = partial_sum_bits();
    std::uint64_t needed = 0;
    for (const RingPlan& r : plan_.rings)
      if (r.memory == job::Memory::kFeatures) needed += r.bits;
    if (needed > capacity) refuse_features(s, needed, capacity);
    plan_.feature_bits = needed;
    // What is left over gives the main ring more freedom.
    if (schedule_.policy == npu::FeaturePolicy::ring)
      plan_.rings[rings::kMain].bits += capacity - needed;
    std::uint64_t begin = 0;
    for (RingPlan& r : plan_.rings)
      if (r.memory == job::Memory::kFeatures) {
        r.begin = begin;
        begin += r.bits;
      }
  }

  /// Rings in the buffer: the rows of a stream, the pixels of a pair; never both at once.
  void lay_out_buffer(const FeatureSimulation& s, std::uint64_t buffer) {
    RingPlan &input = plan_.rings[rings::kInputRows], &rows = plan_.rings[rings::kRows],
             &pair = plan_.rings[rings::kPair];
    if (const std::uint64_t bits = aligned(s.needed_bits(rings::kPair)); bits > 0)
      pair = {job::Memory::kBuffer, buffer / kAlignment * kAlignment - bits, bits};
    const Group& g = groups_.front();
    if (g.kind != Group::Kind::stream) return;
    const Layer& l = network_.layers[g.first].layer;
    const std::uint64_t row_bits = static_cast<std::uint64_t>(l.in.width) * l.in.channels *
                                   static_cast<unsigned>(l.in_type.bits);
    rows = {job::Memory::kBuffer, 0, aligned(s.needed_bits(rings::kRows))};
    const auto fewest = static_cast<std::uint64_t>(std::min(l.kernel_h, l.in.height));
    if (rows.bits + fewest * row_bits > buffer) rows.memory = job::Memory::kFeatures;
    const std::uint64_t room = buffer - (rows.memory == job::Memory::kBuffer ? rows.bits : 0);
    const std::uint64_t wanted =
        std::min<std::uint64_t>(fewest + static_cast<unsigned>(l.stride_h), l.in.height);
    const std::uint64_t count = std::min(wanted, room / row_bits);
    if (count < fewest)
      refuse(network_.layers[g.first],
             fmt::format("needs {} bytes of buffer for the rows of its window, but core '{}' has {}",
                         fewest * row_bits / 8, mapping_.core(), buffer / 8));
    input = {job::Memory::kBuffer, buffer / kAlignment * kAlignment - count * row_bits,
             count * row_bits};
    plan_.input_streams = true;
    plan_.input_rows = static_cast<std::uint32_t>(count);
  }

  std::uint64_t partial_sum_bits() const {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < plan_.plans.size(); ++i)
      for (const npu::Tile& t : plan_.plans[i].tiles)
        if (t.inputs != static_cast<std::uint32_t>(network_.layers[i].layer.in.channels))
          bits = std::max<std::uint64_t>(
              bits, 32ull * t.channels *
                        static_cast<std::uint64_t>(network_.layers[i].layer.out.pixels()));
    return aligned(bits);
  }

  [[noreturn]] void refuse_features(const FeatureSimulation& s, std::uint64_t needed,
                                    std::uint64_t capacity) const {
    const auto bytes = [&](unsigned ring) { return plan_.rings[ring].bits / 8; };
    std::string parts;
    if (bytes(rings::kShortcut) > 0)
      parts = schedule_.policy == npu::FeaturePolicy::ring
                  ? fmt::format(" ({} for the main path, {} for shortcuts)", bytes(rings::kMain),
                                bytes(rings::kShortcut))
                  : fmt::format(" (buffers of {} and {}{})", bytes(rings::kMain),
                                bytes(rings::kShortcut),
                                bytes(rings::kPartialSums) > 0
                                    ? fmt::format(", partial sums of {}", bytes(rings::kPartialSums))
                                    : "");
    const unsigned largest = bytes(rings::kShortcut) > bytes(rings::kMain) &&
                                     schedule_.policy == npu::FeaturePolicy::ring
                                 ? rings::kShortcut
                                 : rings::kMain;
    refuse(network_.layers[s.neediest(largest)],
           fmt::format("needs {} bytes of feature memory{} with schedule '{}', but core '{}' has {}",
                       needed / 8, parts, schedule_.name, mapping_.core(), capacity / 8));
  }

  FeatureSimulation simulate_chosen() {
    FeatureSimulation s(network_, rings_of_, schedule_.policy);
    for (const Group& g : groups_) {
      const std::size_t out = g.kind == Group::Kind::single ? g.first : g.second;
      const unsigned ring = rings_of_[out];
      const std::size_t in = s.tensor(network_.layers[g.first].input);
      std::uint64_t others = s.live_bits(ring);
      if (rings_of_[in] == ring)
        others -= std::min(others, npu::in_feature_bits(network_.layers[g.first].layer));
      std::vector<TileUse> tiles =
          plan_group(g, options_.order, plan_.rings[ring].bits - std::min(others, plan_.rings[ring].bits));
      FeatureSimulation tried = s;
      tried.run(tiles, live_from_);
      if (tried.needed_bits(ring) > plan_.rings[ring].bits) {
        tiles = plan_group(g, npu::LoopOrder::pixel_outer, 0);
        tried = s;
        tried.run(tiles, live_from_);
      }
      s = std::move(tried);
      plan_.groups.push_back({g, std::move(tiles)});
    }
    return s;
  }

  void place(const FeatureSimulation& s) {
    const std::size_t layers = network_.layers.size();
    const auto place_of = [&](std::size_t tensor) {
      const unsigned ring = s.ring_of(tensor);
      const bool wraps = schedule_.policy == npu::FeaturePolicy::ring || ring > rings::kThird;
      return npu::Place{ring, wraps && plan_.rings[ring].bits > 0
                                  ? static_cast<std::uint32_t>(s.begin(tensor) %
                                                               plan_.rings[ring].bits)
                                  : 0};
    };
    for (std::size_t i = 0; i < layers; ++i) {
      const NetworkLayer& l = network_.layers[i];
      npu::LayerPlacement p;
      p.in = place_of(s.tensor(l.input));
      p.out = place_of(i);
      p.in_release = s.in_release(i);
      if (l.layer.op == numbers::Op::add) {
        p.second = place_of(s.tensor(l.second));
        p.second_release = s.second_release(i);
      }
      plan_.placements.push_back(p);
      plan_.peak_bits.push_back(s.peak_bits(i));
    }
  }

  Network& network_;
  const npu::Mapping& mapping_;
  const npu::ScheduleEntry& schedule_;
  const CompileOptions& options_;
  std::vector<Group> groups_;
  std::vector<unsigned> rings_of_;
  std::vector<std::vector<std::uint32_t>> live_from_;
  FeaturePlan plan_;
};

}  // namespace

FeaturePlan plan_features(Network& network, const npu::Mapping& mapping,
                          const npu::ScheduleEntry& schedule, const CompileOptions& options) {
  return Planner(network, mapping, schedule, options).run();
}

}  // namespace cairn::compiler
