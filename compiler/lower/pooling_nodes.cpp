// Max pooling; average pooling as sums whose divisor goes into the next quantiser.
#include <algorithm>

#include "compiler/lower/nodes.hpp"
#include "compiler/lower/window.hpp"

namespace cairn::compiler {

namespace {

Dims kernel_of(const Operation& o) {
  const auto kernel = o.attributes().integers("kernel_shape");
  if (!kernel) o.refuse("has no attribute 'kernel_shape'");
  return *kernel;
}

void open_average(Builder& b, const Operation& o, const Window& window, const Dims& dims) {
  b.require_features(o);
  NetworkLayer layer;
  layer.layer.op = numbers::Op::average_pool;
  window.apply_to(layer.layer);
  layer.layer.out.channels = b.shape().channels;
  const std::int64_t area = std::int64_t{window.y.kernel} * window.x.kernel;
  const auto channels = static_cast<std::size_t>(b.shape().channels);
  const double unit = static_cast<double>(b.scale()) / static_cast<double>(area);
  const AccumulatorRange feature = b.feature_range();
  const AccumulatorRange range{std::min<std::int64_t>(feature.first * area, 0),
                               std::max<std::int64_t>(feature.second * area, 0)};
  b.open(o, std::move(layer), std::vector<double>(channels, unit),
         std::vector<AccumulatorRange>(channels, range), dims);
}

/// The whole map as one window.
Window global_window(const Builder& b) {
  Window window;
  window.y.in = window.y.kernel = b.shape().height;
  window.x.in = window.x.kernel = b.shape().width;
  return window;
}

}  // namespace

void lower_max_pool(Builder& b, const Operation& o) {
  const Window window = read_window(b, o, kernel_of(o));
  NetworkLayer layer;
  layer.layer.op = numbers::Op::max_pool;
  window.apply_to(layer.layer);
  layer.layer.out.channels = b.shape().channels;
  b.max_pool(o, std::move(layer), window.out_dims(b.shape().channels, b.dims().size()));
}

void lower_average_pool(Builder& b, const Operation& o) {
  const Window window = read_window(b, o, kernel_of(o));
  const bool counts_padding = o.attributes().integer("count_include_pad", 0) != 0;
  if (window.y.overhangs() || window.x.overhangs() ||
      (!counts_padding && (window.y.padded() || window.x.padded())))
    o.refuse(
        "divides by fewer elements at the edges; supported is padding with count_include_pad = 1");
  open_average(b, o, window, window.out_dims(b.shape().channels, b.dims().size()));
}

void lower_global_average_pool(Builder& b, const Operation& o) {
  if (b.dims().size() < 3) o.refuse("its input has no spatial dimensions");
  const Window window = global_window(b);
  open_average(b, o, window, window.out_dims(b.shape().channels, b.dims().size()));
}

void lower_reduce_mean(Builder& b, const Operation& o) {
  const auto rank = static_cast<std::int64_t>(b.dims().size());
  const Constant* input = o.find(1);
  Dims axes = input ? as_dims(o.file, o.node, *input, "axes")
                    : o.attributes().integers("axes").value_or(Dims());
  Dims spatial;
  for (std::int64_t axis = 2; axis < rank; ++axis)
    spatial.push_back(axis);
  for (std::int64_t& axis : axes)
    if (axis < 0 && axis >= -rank) axis += rank;
  std::sort(axes.begin(), axes.end());
  if (spatial.empty() || axes != spatial)
    o.refuse("averages over other dimensions than the spatial ones");
  const Window window = global_window(b);
  const bool keeps = o.attributes().integer("keepdims", 1) != 0;
  open_average(
      b, o, window,
      keeps ? window.out_dims(b.shape().channels, b.dims().size()) : Dims{1, b.shape().channels});
}

}  // namespace cairn::compiler
