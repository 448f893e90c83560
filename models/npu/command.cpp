#include "models/npu/command.hpp"

namespace cairn::npu {

namespace {

constexpr std::uint8_t kInSigned = 1, kOutSigned = 2, kSecondSigned = 4;

void require(bool condition, const std::string& reason) {
  if (!condition) throw Fault{ErrorCode::bad_command, 0, reason};
}

job::Release release_of(unsigned bits) {
  require(bits <= static_cast<unsigned>(job::Release::kKept), "unknown release");
  return static_cast<job::Release>(bits);
}

}  // namespace

numbers::Layer layer_of(const job::LayerCommand& c) {
  require(c.op <= static_cast<std::uint8_t>(numbers::Op::add), "unknown operation");
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
  if (layer.op == numbers::Op::add) {
    require(c.second_bits >= 1 && c.second_bits <= 8, "bits of the second input outside 1 to 8");
    layer.second_type = {c.second_bits, (c.flags & kSecondSigned) != 0, c.second_zero};
    layer.scale = c.in_scale;
    layer.second_scale = c.second_scale;
  }
  const std::string reason = numbers::invalid(layer);
  require(reason.empty(), reason);
  return layer;
}

LayerPlacement placement_of(const job::LayerCommand& c) {
  LayerPlacement p;
  p.in = {c.in_out_ring & 0xfu, c.in_offset};
  p.out = {unsigned{c.in_out_ring} >> 4u, c.out_offset};
  p.second = {c.second_ring & 0xfu, c.second_offset};
  p.in_release = release_of(c.second_ring >> 4u & 3u);
  p.second_release = release_of(c.second_ring >> 6u);
  p.in_masked = c.in_masked;
  p.out_masked = c.out_masked;
  return p;
}

Tile tile_of(const job::TileCommand& c, const numbers::Layer& layer) {
  const Tile t{c.first_pixel, c.pixels, c.first_channel, c.channels,
               c.first_input, c.inputs, c.cells,         c.adc_step};
  const auto inside = [](std::uint64_t first, std::uint64_t count, std::int64_t size) {
    return count > 0 && first + count <= static_cast<std::uint64_t>(size);
  };
  require(inside(t.first_pixel, t.pixels, layer.out.pixels()) &&
              inside(t.first_channel, t.channels, layer.out.channels) &&
              inside(t.first_input, t.inputs, layer.in.channels),
          "a tile lies outside its layer");
  require(t.inputs == static_cast<std::uint32_t>(layer.in.channels) ||
              layer.op == numbers::Op::convolution,
          "only a convolution can keep partial sums");
  require(t.cells == kNoCells || t.inputs == static_cast<std::uint32_t>(layer.in.channels),
          "a tile in cells has not all input channels");
  return t;
}

std::uint64_t masked_macs(const numbers::Layer& layer, const LayerPlacement& placement) {
  numbers::Layer whole = layer;
  whole.in.channels += static_cast<int>(placement.in_masked);
  whole.out.channels += static_cast<int>(placement.out_masked);
  return static_cast<std::uint64_t>(whole.macs() - layer.macs());
}

job::LayerCommand command_of(const numbers::Layer& l, const LayerPlacement& p) {
  job::LayerCommand c{};
  c.kind = static_cast<std::uint8_t>(job::Kind::kLayer);
  c.op = static_cast<std::uint8_t>(l.op);
  c.flags = static_cast<std::uint8_t>((l.in_type.is_signed ? kInSigned : 0) |
                                      (l.out_type.is_signed ? kOutSigned : 0) |
                                      (l.second_type.is_signed ? kSecondSigned : 0));
  c.in_h = static_cast<std::uint16_t>(l.in.height);
  c.in_w = static_cast<std::uint16_t>(l.in.width);
  c.in_c = static_cast<std::uint16_t>(l.in.channels);
  c.out_h = static_cast<std::uint16_t>(l.out.height);
  c.out_w = static_cast<std::uint16_t>(l.out.width);
  c.out_c = static_cast<std::uint16_t>(l.out.channels);
  c.kernel_h = static_cast<std::uint8_t>(l.kernel_h);
  c.kernel_w = static_cast<std::uint8_t>(l.kernel_w);
  c.stride_h = static_cast<std::uint8_t>(l.stride_h);
  c.stride_w = static_cast<std::uint8_t>(l.stride_w);
  c.pad_top = static_cast<std::uint8_t>(l.pad_top);
  c.pad_left = static_cast<std::uint8_t>(l.pad_left);
  c.in_bits = static_cast<std::uint8_t>(l.in_type.bits);
  c.out_bits = static_cast<std::uint8_t>(l.out_type.bits);
  c.in_zero = static_cast<std::int16_t>(l.in_type.zero_point);
  c.out_zero = static_cast<std::int16_t>(l.out_type.zero_point);
  c.weight_bits = static_cast<std::uint8_t>(l.weight_bits);
  c.weight_encoding = static_cast<std::uint8_t>(l.weight_encoding);
  c.requantisation = static_cast<std::uint8_t>(l.requantisation);
  if (l.op == numbers::Op::add) {
    c.second_bits = static_cast<std::uint8_t>(l.second_type.bits);
    c.second_zero = static_cast<std::int16_t>(l.second_type.zero_point);
    c.in_scale = static_cast<std::int16_t>(l.scale);
    c.second_scale = static_cast<std::int16_t>(l.second_scale);
  }
  c.in_out_ring = static_cast<std::uint8_t>(p.in.ring | p.out.ring << 4u);
  c.second_ring =
      static_cast<std::uint8_t>(p.second.ring | static_cast<unsigned>(p.in_release) << 4u |
                                static_cast<unsigned>(p.second_release) << 6u);
  c.in_masked = static_cast<std::uint16_t>(p.in_masked);
  c.out_masked = static_cast<std::uint16_t>(p.out_masked);
  c.in_offset = p.in.offset;
  c.out_offset = p.out.offset;
  c.second_offset = p.second.offset;
  return c;
}

job::TileCommand command_of(const Tile& t) {
  job::TileCommand c{};
  c.kind = static_cast<std::uint8_t>(job::Kind::kTile);
  c.first_pixel = t.first_pixel;
  c.pixels = t.pixels;
  c.first_channel = static_cast<std::uint16_t>(t.first_channel);
  c.channels = static_cast<std::uint16_t>(t.channels);
  c.first_input = static_cast<std::uint16_t>(t.first_input);
  c.inputs = static_cast<std::uint16_t>(t.inputs);
  c.cells = t.cells;
  c.adc_step = t.adc_step;
  return c;
}

}  // namespace cairn::npu
