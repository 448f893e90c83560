// One layer of the integer graph: shapes, widths and requantisation. The operand contract of every
// core.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cairn::numbers {

/// Same values as the job format's Op, WeightEncoding and Requantisation.
enum class Op : std::uint8_t {
  convolution,
  depthwise,  ///< output channel co reads input channel co / (out.channels / in.channels)
  fully_connected,
  max_pool,
  average_pool,  ///< the sum over the window is requantised; the divisor is in the multiplier
  requantise,    ///< each feature through its channel's table
  add,           ///< scale * first input + second_scale * second input, element by element
};
enum class WeightEncoding : std::uint8_t { twos_complement, binary, ternary };
enum class Requantisation : std::uint8_t { none, multiply, multiply_tflite, thresholds };

constexpr int kAccumulatorBits =
    32;  ///< FeatureType::bits of raw accumulators, network outputs only

struct Shape {
  int height = 1, width = 1, channels = 1;

  std::int64_t pixels() const { return std::int64_t{height} * width; }
  std::int64_t elements() const { return pixels() * channels; }
  bool operator==(const Shape&) const = default;
};

/// Channels [first, first + count).
struct ChannelRange {
  int first = 0, count = 0;
  bool operator==(const ChannelRange&) const = default;
};

/// A feature q of this type stands for the integer q - zero_point.
struct FeatureType {
  int bits = 8;  ///< 1 to 8, or kAccumulatorBits
  bool is_signed = false;
  int zero_point = 0;

  int low() const { return is_signed ? -(1 << (bits - 1)) : 0; }  ///< bits <= 8
  int high() const { return (1 << (bits - is_signed)) - 1; }      ///< bits <= 8
  /// The zero point of the feature's code, code = q - low(). Outside 0..255 only if the zero point
  /// is outside the type.
  int code_zero() const { return zero_point - low(); }
  bool operator==(const FeatureType&) const = default;
};

/// Everything about a layer but its weights and tables. Tensors are NHWC with one image:
/// element (y, x, c) has index (y * width + x) * channels + c.
struct Layer {
  Op op = Op::convolution;
  Shape in, out;
  FeatureType in_type, out_type;
  int kernel_h = 1, kernel_w = 1;
  int stride_h = 1, stride_w = 1;
  int pad_top = 0, pad_left = 0;  ///< padding below and on the right follows from the output's size
  int weight_bits = 0;            ///< 1 to 8; 0 where the operation has no weights
  WeightEncoding weight_encoding = WeightEncoding::twos_complement;
  Requantisation requantisation = Requantisation::none;
  /// Only Op::add: the accumulator is (a - zero of in_type) * scale + (b - zero of second_type) *
  /// second_scale, both inputs having the shape `in`. Scales fit 16 bits.
  FeatureType second_type;
  int scale = 1, second_scale = 1;

  bool has_weights() const;
  int inputs() const { return op == Op::add ? 2 : 1; }  ///< feature tensors that it reads
  int inputs_per_output()
      const;  ///< operands of one output: K*K*Ci, K*K (depthwise, pools), Ci*H*W, 1, 2 (add)
  std::int64_t weight_count() const;  ///< 0 without weights
  std::int64_t macs()
      const;  ///< products of a dense run, those with padding included; 0 without weights
  bool operator==(const Layer&) const = default;
};

/// Per-channel requantisation; which vectors are filled follows from Layer::requantisation.
///
/// none: bias (added to the accumulator; empty for max_pool).
/// multiply: q = clamp(((acc + bias) * multiplier + half) >> shift, + zero point), one 64-bit
/// product. multiply_tflite: the same, rounded twice (saturating rounding doubling high multiply,
/// then rounding shift). thresholds: q = low() + #{t : acc >= t}, or #{t : acc <= t} where
/// `descending`; 2^bits - 1 a channel.
struct Table {
  std::vector<std::int32_t> bias, multiplier;  ///< [out.channels]
  std::vector<std::uint32_t> shift;            ///< [out.channels], 0 to 62
  std::vector<std::int32_t> thresholds;        ///< [out.channels][2^bits - 1]
  std::vector<std::uint8_t> descending;        ///< [out.channels]
};

/// Checks the invariants that kernels rely on. Empty string, or the reason, as a clause without a
/// subject
/// ("output height 7 does not follow from ...").
std::string invalid(const Layer& layer);

}  // namespace cairn::numbers
