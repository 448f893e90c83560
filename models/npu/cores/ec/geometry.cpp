// Sizes of the entry-counting core: those of the paper where it gives them, else assumed ones.
#include "models/npu/cores/ec/counting_plan.hpp"
#include "models/npu/cores/ec/dataflow.hpp"
#include "models/npu/cores/ec/mapping.hpp"

namespace cairn::npu::ec {

Geometry defaults() {
  Geometry g;
  g.core_id = 2;
  g.feature_bits = 8ull * 524'288;
  g.weight_bytes = 65'536;
  g.values = {
      {"plan", 0, "", "how a dot product is cut into searches", true, false, 1, kCountingNames},
      {"mapping", 0, "",
       "operand that stays in the entries, or chosen for each tile by its accesses", true, false, 1,
       kStationaryNames},
      {"entries", 128, "entries", "operands of the array", false, false, 64},
      {"overhead", 226, "cycles/1000",
       "of each dot product beside its steps; summed over a layer, then rounded down", true},
      {"vector_lanes", 16, "operands", "operands a cycle of pooling, addition and requantisation",
       true},
      {"input_buffer_bytes", 16'384, "bytes", "features kept beside the feature SRAM", true, true},
      {"accumulator_bytes", 8'192, "bytes",
       "32-bit sums of a step, and its outputs until they are written", true},
      {"table_buffer_bytes", 8'192, "bytes",
       "requantisation table of a tile, kept beside the weight SRAM", true},
  };
  g.buffer_bytes = 16'384;
  return g;
}

}  // namespace cairn::npu::ec
