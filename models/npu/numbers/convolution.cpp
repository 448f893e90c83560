// Convolution: accumulators of all input channels, requantised tile by tile.
#include <numeric>

#include "models/npu/numbers/convolution_sums.hpp"
#include "models/npu/numbers/layer_kernel.hpp"

namespace cairn::numbers {

namespace {

class Convolution : public LayerKernel {
 public:
  Convolution(const Layer& layer, const WeightRows& weights, Table table, ChannelRange channels,
              const Kernels& kernels, Workers* workers)
      : sums_(layer, weights, channels.count, {0, layer.in.channels}, kernels, workers),
        requantiser_(slice_layer(layer, channels), std::move(table), sums_.zeros(), sums_.bound()),
        is_wide_(sums_.must_be_wide() || requantiser_.may_overflow()),
        workers_(workers) {}

  void run(const FeatureMap& map, std::int64_t first, std::int64_t count, const Outputs& out,
           std::uint64_t* overflows) const override {
    if (workers_ == nullptr) return run_part(map, first, sums_.whole(count), out, overflows);
    const auto parts = sums_.parts(count, workers_->threads());
    std::vector<std::uint64_t> counts(parts.size());
    run_parts(workers_, static_cast<int>(parts.size()), [&](int i) {
      const auto part = static_cast<std::size_t>(i);
      run_part(map, first, parts[part], out, &counts[part]);
    });
    if (overflows != nullptr) *overflows += std::accumulate(counts.begin(), counts.end(), 0ULL);
  }

  bool is_wide() const override { return is_wide_; }

 private:
  void run_part(const FeatureMap& map, std::int64_t first, const ConvolutionSums::Part& part,
                const Outputs& out, std::uint64_t* overflows) const {
    sums_.for_each_tile(map, first, part, [&](const ConvolutionSums::Tile& tile) {
      if (is_wide_)
        put_wide(tile, sums_.wide(tile, first), out, overflows);
      else
        put_plain(tile, out, overflows);
    });
  }

  void put_plain(const ConvolutionSums::Tile& tile, const Outputs& out,
                 std::uint64_t* overflows) const {
    Sums sums;
    sums_.products(tile, sums);
    for (int c = 0; c < kTilePitch && tile.first_channel() + c < sums_.channels(); c += kLanes)
      put_block(requantiser_, sums_.kernels(), sums.at + c, kTilePitch, tile.rows.count,
                tile.first_channel() + c, out, tile.pixel, overflows);
  }

  void put_wide(const ConvolutionSums::Tile& tile, const std::vector<std::int64_t>& totals,
                const Outputs& out, std::uint64_t* overflows) const {
    for (int p = 0; p < tile.rows.count; ++p)
      for (int c = 0; c < kTilePitch && tile.first_channel() + c < sums_.channels(); ++c) {
        const int channel = tile.first_channel() + c;
        const std::int64_t sum = totals[static_cast<std::size_t>(p) * kTilePitch + c];
        put_output(out, tile.pixel + p, channel,
                   requantiser_.exact(sum + requantiser_.bias(channel), channel, overflows));
      }
  }

  ConvolutionSums sums_;
  Requantiser requantiser_;
  bool is_wide_;
  Workers* workers_;
};

}  // namespace

std::unique_ptr<const LayerKernel> make_convolution(const Layer& layer, const WeightRows& weights,
                                                    Table table, ChannelRange channels,
                                                    const Kernels& kernels, Workers* workers) {
  return std::make_unique<Convolution>(layer, weights, std::move(table), channels, kernels,
                                       workers);
}

}  // namespace cairn::numbers
