// A core without sizes of its own, that cuts layers into the tiles that a test wants.
#pragma once

#include <algorithm>
#include <string>

#include "models/npu/mapping.hpp"

namespace cairn::test {

class FakeMapping : public npu::Mapping {
 public:
  FakeMapping(std::uint64_t feature_bits, std::uint32_t weight_bytes) {
    geometry_.core_id = 77;
    geometry_.feature_bits = feature_bits;
    geometry_.weight_bytes = weight_bytes;
  }

  std::string_view core() const override { return "fake"; }
  const npu::Geometry& geometry() const override { return geometry_; }
  const std::vector<npu::ScheduleEntry>& schedules() const override {
    static const std::vector<npu::ScheduleEntry> all{
        {"plain", "one ring", npu::FeaturePolicy::ring, false},
        {"fused", "one ring, groups", npu::FeaturePolicy::ring, true},
        {"buffers", "several buffers", npu::FeaturePolicy::ping_pong, false},
    };
    return all;
  }
  std::string unsupported(const numbers::Layer& layer) const override {
    return layer.op == refused_op ? "has an operation that it lacks" : "";
  }
  npu::Plan plan(const numbers::Layer& layer, const npu::PlanRequest& request) const override {
    const auto all = static_cast<std::uint32_t>(layer.out.pixels());
    std::uint32_t block = pixels == 0 ? all : pixels;
    if (request.pixels_at_once > 0) block = std::min(block, request.pixels_at_once);
    npu::Plan plan;
    plan.order = "fake";
    plan.cycles = 10;
    for (std::uint32_t first = 0; first < all; first += block)
      add_channels(layer, first, std::min(block, all - first), plan);
    if (channel_outer && request.pixels_at_once == 0)
      std::ranges::stable_sort(plan.tiles, {}, &npu::Tile::first_channel);
    return plan;
  }
  std::unique_ptr<npu::LayerSchedule> schedule(const numbers::Layer&) const override {
    throw std::logic_error("nobody runs a fake core");
  }
  std::uint32_t pair_pixels(const numbers::Layer& layer) const override {
    return geometry_.buffer_bytes / 8 * 64 /
           static_cast<std::uint32_t>(layer.out.channels * layer.out_type.bits);
  }
  npu::Geometry& sizes() { return geometry_; }

  /// Of a tile; 0: all.
  std::uint32_t pixels = 0, channels = 0, inputs = 0;
  bool channel_outer = false;  ///< all pixels of some channels, then the next channels
  numbers::Op refused_op = static_cast<numbers::Op>(255);

 private:
  void add_channels(const numbers::Layer& layer, std::uint32_t first_pixel, std::uint32_t count,
                    npu::Plan& plan) const {
    const auto out = static_cast<std::uint32_t>(layer.out.channels),
               in = static_cast<std::uint32_t>(layer.in.channels);
    const bool cuts_inputs = inputs > 0 && layer.op == numbers::Op::convolution;
    const bool cuts_channels = channels > 0 && layer.has_weights();
    const std::uint32_t chunk = cuts_channels ? channels : out, part = cuts_inputs ? inputs : in;
    for (std::uint32_t c = 0; c < out; c += chunk)
      for (std::uint32_t i = 0; i < in; i += part)
        plan.tiles.push_back(
            {first_pixel, count, c, std::min(chunk, out - c), i, std::min(part, in - i)});
  }

  npu::Geometry geometry_;
};

}  // namespace cairn::test
