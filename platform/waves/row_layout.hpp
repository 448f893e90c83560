// Which row of the wave view stands where: groups, order and short names, from names and hints.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "models/kit/trace.hpp"

namespace cairn::waves {

struct Row {
  const kit::trace::Channel* channel;
  std::string label;  ///< what is left of the name below its group
};

/// A bus initiator, an NPU, a DMA channel; an unnamed section holds rows that stand alone.
struct Section {
  std::string title;
  std::vector<Row> rows;
};

struct Group {
  std::string title;
  kit::trace::Colour colour;
  std::vector<Section> sections;
};

/// Every channel in exactly one row. Groups come in a fixed order (host, bus, DMA, NPU, memories,
/// interrupts, power, devices, then those named only by hints); empty ones are left out.
[[nodiscard]] std::vector<Group> layout(std::span<kit::trace::Channel* const> channels);

}  // namespace cairn::waves
