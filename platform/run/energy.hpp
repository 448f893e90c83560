// Energy of a run, from what it counted.
#pragma once

#include <vector>

#include "platform/run/result.hpp"

namespace cairn::platform {

/// Parts in the order of the core's table: array, features, weights, buffer, dram, leakage.
struct RunEnergy {
  std::vector<std::vector<npu::EnergyPart>> layers;  ///< in layer order, all inferences
  std::vector<npu::EnergyPart> inferences;           ///< all layers, without the set-up
  std::vector<npu::EnergyPart> total;

  double total_pj() const;
  double chip_pj() const;  ///< without DRAM
};

/// What the layer did, as the energy table prices it. A layer without weights has no products: what
/// its array does costs nothing but leakage.
npu::EnergyCounts energy_counts(const LayerStatistics& layer, double seconds);

/// At the voltages that held when things happened. A layer leaks from the end of the layer before
/// it to its own end; the total from the first layer's start to the last one's end, and so between
/// two inferences, too; what the set-up leaks is not counted.
RunEnergy energy_of(const Result& result);

}  // namespace cairn::platform
