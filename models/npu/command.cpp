#include "models/npu/command.hpp"

#include "models/kit/tokens.hpp"

namespace cairn::npu {

namespace {

constexpr std::uint8_t kInSigned = 1, kOutSigned = 2;

void require(bool condition, const std::string& reason) {
  if (!condition) throw Fault{ErrorCode::bad_command, 0, reason};
}

}  // namespace

numbers::Layer layer_of(const job::Command& c) {
  require(c.op <= static_cast<std::uint8_t>(numbers::Op::requantise), "unknown operation");
  require(c.weight_encoding <= static_cast<std::uint8_t>(numbers::WeightEncoding::ternary),
          "unknown weight encoding");
  require(c.requantisation <= static_cast<std::uint8_t>(numbers::Requantisation::thresholds),
          "unknown requantisation");
  require(c.in_bits >= 1 && c.in_bits <= 8, "input bits outside 1 to 8");
  require((c.out_bits >= 1 && c.out_bits <= 8) || c.out_bits == numbers::kAccumulatorBits,
          "output bits outside 1 to 8 and not 32");
  numbers::Layer layer;
  layer.op = static_cast<numbers::Op>(c.op);
  layer.in = {c.in_h, c.in_w, c.in_c};
  layer.out = {c.out_h, c.out_w, c.out_c};
  layer.in_type = {c.in_bits, (c.flags & kInSigned) != 0, c.in_zero};
  layer.out_type = {c.out_bits, (c.flags & kOutSigned) != 0, c.out_zero};
  layer.kernel_h = c.kernel_h;
  layer.kernel_w = c.kernel_w;
  layer.stride_h = c.stride_h;
  layer.stride_w = c.stride_w;
  layer.pad_top = c.pad_top;
  layer.pad_left = c.pad_left;
  layer.weight_bits = c.weight_bits;
  layer.weight_encoding = static_cast<numbers::WeightEncoding>(c.weight_encoding);
  layer.requantisation = static_cast<numbers::Requantisation>(c.requantisation);
  const std::string reason = numbers::invalid(layer);
  require(reason.empty(), reason);
  return layer;
}

}  // namespace cairn::npu
