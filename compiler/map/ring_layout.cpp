#include "compiler/map/ring_layout.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/kit/input_error.hpp"

namespace cairn::compiler {

namespace {

using numbers::Layer;

std::uint64_t aligned(std::uint64_t bits) {
  return (bits + kRingAlignment - 1) / kRingAlignment * kRingAlignment;
}

class Layout {
 public:
  Layout(const Network& network, const npu::Mapping& mapping, const npu::ScheduleEntry& schedule,
         const std::vector<Group>& groups, const std::vector<npu::Plan>& plans,
         const FeatureSimulation& simulation)
      : network_(network),
        mapping_(mapping),
        schedule_(schedule),
        groups_(groups),
        plans_(plans),
        simulation_(simulation),
        buffer_bits_(8ull * mapping.geometry().buffer_bytes / kRingAlignment * kRingAlignment) {}

  RingLayout run() {
    layout_.rings.resize(rings::kCount);
    size_pair();
    if (groups_.front().kind == Group::Kind::stream) size_stream();
    for (const unsigned r : {rings::kMain, rings::kShortcut, rings::kThird})
      layout_.rings[r].bits = aligned(simulation_.needed_bits(r));
    layout_.rings[rings::kPartialSums].bits = partial_sum_bits();
    for (const RingPlan& r : layout_.rings)
      if (r.memory == job::Memory::kFeatures) layout_.feature_bits += r.bits;
    const std::uint64_t capacity = mapping_.geometry().feature_bits;
    if (layout_.feature_bits > capacity) refuse_features();
    if (schedule_.policy == npu::FeaturePolicy::ring)
      layout_.rings[rings::kMain].bits += capacity - layout_.feature_bits;
    std::uint64_t begin = 0;
    for (RingPlan& r : layout_.rings)
      if (r.memory == job::Memory::kFeatures) {
        r.begin = begin;
        begin += r.bits;
      }
    return std::move(layout_);
  }

 private:
  [[noreturn]] void refuse(std::size_t layer, const std::string& reason) const {
    throw InputError(fmt::format("network '{}': layer '{}' {}", network_.name,
                                 network_.layers[layer].name, reason));
  }

  /// As much of the buffer as any pair may use; never while a stream runs.
  void size_pair() {
    std::uint64_t bits = 0;
    for (const Group& g : groups_) {
      if (g.kind != Group::Kind::pair) continue;
      const Layer& l = network_.layers[g.first].layer;
      bits = std::max(bits, std::uint64_t{mapping_.pair_pixels(l)} * l.out.channels *
                                static_cast<unsigned>(l.out_type.bits));
    }
    bits = aligned(bits);
    if (bits > 0) layout_.rings[rings::kPair] = {job::Memory::kBuffer, buffer_bits_ - bits, bits};
  }

  /// Rows between the layers of the stream lie in the buffer if they fit beside the input's.
  void size_stream() {
    const std::size_t layer = groups_.front().first;
    const Layer& l = network_.layers[layer].layer;
    const std::uint64_t row_bits = static_cast<std::uint64_t>(l.in.width) * l.in.channels *
                                   static_cast<unsigned>(l.in_type.bits);
    RingPlan& rows = layout_.rings[rings::kRows];
    rows = {job::Memory::kBuffer, 0, aligned(simulation_.needed_bits(rings::kRows))};
    const auto fewest = static_cast<std::uint64_t>(std::min(l.kernel_h, l.in.height));
    if (rows.bits + fewest * row_bits > buffer_bits_) rows.memory = job::Memory::kFeatures;
    const std::uint64_t room = buffer_bits_ - (rows.memory == job::Memory::kBuffer ? rows.bits : 0);
    const std::uint64_t wanted =
        std::min<std::uint64_t>(fewest + static_cast<unsigned>(l.stride_h), l.in.height);
    const std::uint64_t count = std::min(wanted, room / row_bits);
    if (count < fewest)
      refuse(layer, fmt::format(
                        "needs {} bytes of buffer for the rows of its window, but core '{}' has {}",
                        fewest * row_bits / 8, mapping_.core(), buffer_bits_ / 8));
    layout_.rings[rings::kInputRows] = {job::Memory::kBuffer, buffer_bits_ - count * row_bits,
                                        count * row_bits};
    layout_.input_rows = static_cast<std::uint32_t>(count);
  }

  std::uint64_t partial_sum_bits() const {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      const Layer& l = network_.layers[i].layer;
      for (const npu::Tile& t : plans_[i].tiles)
        if (t.inputs != static_cast<std::uint32_t>(l.in.channels))
          bits = std::max<std::uint64_t>(
              bits, 32ull * t.channels * static_cast<std::uint64_t>(l.out.pixels()));
    }
    return aligned(bits);
  }

  [[noreturn]] void refuse_features() const {
    const auto bytes = [&](unsigned ring) { return layout_.rings[ring].bits / 8; };
    const bool in_rings = schedule_.policy == npu::FeaturePolicy::ring;
    std::string parts;
    if (bytes(rings::kShortcut) > 0)
      parts = in_rings ? fmt::format(" ({} for the main path, {} for shortcuts",
                                     bytes(rings::kMain), bytes(rings::kShortcut))
                       : fmt::format(" (buffers of {} and {}", bytes(rings::kMain),
                                     bytes(rings::kShortcut));
    if (!parts.empty() && bytes(rings::kPartialSums) > 0)
      parts += fmt::format(", partial sums of {}", bytes(rings::kPartialSums));
    if (!parts.empty()) parts += ")";
    const bool shortcut = in_rings && bytes(rings::kShortcut) > bytes(rings::kMain);
    refuse(
        simulation_.neediest(shortcut ? rings::kShortcut : rings::kMain),
        fmt::format("needs {} bytes of feature memory{} with schedule '{}', but core '{}' has {}",
                    layout_.feature_bits / 8, parts, schedule_.name, mapping_.core(),
                    mapping_.geometry().feature_bits / 8));
  }

  const Network& network_;
  const npu::Mapping& mapping_;
  const npu::ScheduleEntry& schedule_;
  const std::vector<Group>& groups_;
  const std::vector<npu::Plan>& plans_;
  const FeatureSimulation& simulation_;
  const std::uint64_t buffer_bits_;
  RingLayout layout_;
};

}  // namespace

RingLayout lay_out_rings(const Network& network, const npu::Mapping& mapping,
                         const npu::ScheduleEntry& schedule, const std::vector<Group>& groups,
                         const std::vector<npu::Plan>& plans, const FeatureSimulation& simulation) {
  return Layout(network, mapping, schedule, groups, plans, simulation).run();
}

}  // namespace cairn::compiler
