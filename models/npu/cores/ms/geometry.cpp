// Sizes of the memory-stationary core: those of the paper where it gives them, else assumed ones.
#include "models/npu/cores/ms/mapping.hpp"

namespace cairn::npu::ms {

Geometry defaults() {
  Geometry g;
  g.core_id = 1;
  g.feature_bits = 983'040;
  g.weight_bytes = 65'536;
  g.values = {
      {"tile_pixels", 4, "pixels", "output pixels computed at once", true},
      {"tile_channels", 16, "channels", "output channels computed at once", true},
      {"input_lanes", 8, "operands", "taps and input channels multiplied at once", true},
      {"bit_products", 16, "products", "one-bit products of a lane in a cycle", true},
      {"line_buffer_bytes", 16'384, "bytes", "rows and window kept beside the ring", true, true},
      {"wide_buffer_bytes", 4'096, "bytes", "pixels between the two layers of a fused pair", true,
       true},
      {"accumulator_bytes", 8'192, "bytes",
       "sums of a pass, and the outputs of a step until they are written", true},
      {"table_buffer_bytes", 8'192, "bytes",
       "requantisation table of a tile, kept beside the weight SRAM", true},
      {"drain_cycles", 8, "cycles", "pipeline drain, paid once a layer", true},
      {"ws_tile", 64, "channels", "input and output channels of a tile of the schedule pingpong-ws",
       true},
      {"tco", 128, "channels", "output channels of a tile of the schedule pingpong-os", true},
  };
  g.buffer_bytes = 16'384 + 4'096;
  return g;
}

}  // namespace cairn::npu::ms
