// Memory-stationary core: geometry and schedule (JSSC 60(8), 2025). Pure: used by the compiler and
// by the shell.
#pragma once

#include "models/npu/mapping.hpp"

namespace cairn::npu::ms {

/// The sizes of the paper where it gives them, else assumed ones.
Geometry defaults();

/// Schedule `ms`: layer by layer, pixel-outer, raster order. Every tile of tile_pixels output
/// pixels reads the features it lacks once, streams the layer's weights for all output channels,
/// and writes its pixels.
class MsMapping : public Mapping {
 public:
  explicit MsMapping(Geometry geometry);

  std::string_view core() const override { return "ms"; }
  const Geometry& geometry() const override { return geometry_; }
  std::string unsupported(const numbers::Layer& layer) const override;
  Schedule schedule(const numbers::Layer& layer) const override;

 private:
  Geometry geometry_;
};

}  // namespace cairn::npu::ms
