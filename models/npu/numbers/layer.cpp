#include "models/npu/numbers/layer.hpp"

#include <array>
#include <limits>

#include "models/npu/numbers/map_layout.hpp"

namespace cairn::numbers {

namespace {

constexpr int kMaxSize = 65'535;  // 16-bit fields of the job format
constexpr int kMaxKernel = 255;   // 8-bit fields
/// An 8K frame has fewer pixels. Whoever runs a layer keeps numbers for each pixel and a byte for
/// each element, so a damaged description must not ask for more.
constexpr std::int64_t kMaxPixels = 1 << 25, kMaxElements = 1 << 28;
constexpr int kMaxScale = 32'767;
constexpr int kMaxZeroPoint = 32'512;  // q - zero_point fits 16 bits for every q of 8 bits

std::string outside(const std::string& what, std::int64_t value, std::int64_t low,
                    std::int64_t high) {
  return what + " " + std::to_string(value) + " is not in " + std::to_string(low) + ".." +
         std::to_string(high);
}

std::string invalid_shape(const std::string& which, const Shape& s) {
  if (s.height < 1 || s.height > kMaxSize) return outside(which + " height", s.height, 1, kMaxSize);
  if (s.width < 1 || s.width > kMaxSize) return outside(which + " width", s.width, 1, kMaxSize);
  if (s.channels < 1 || s.channels > kMaxSize)
    return outside(which + " channels", s.channels, 1, kMaxSize);
  if (s.pixels() > kMaxPixels) return which + " has more than 2^25 pixels";
  if (s.pixels() > kMaxElements / s.channels) return which + " has more than 2^28 elements";
  return {};
}

std::string invalid_type(const std::string& which, const FeatureType& type) {
  if (type.bits < 1 || type.bits > 8) return outside(which + " bits", type.bits, 1, 8);
  if (type.zero_point < -kMaxZeroPoint || type.zero_point > kMaxZeroPoint)
    return outside(which + " zero point", type.zero_point, -kMaxZeroPoint, kMaxZeroPoint);
  return {};
}

/// One axis. The padding at the end follows from the output: it must neither leave a whole stride
/// of the input unused nor make a window of padding alone.
std::string invalid_axis(const std::string& axis, int in, int out, int kernel, int stride,
                         int pad) {
  if (kernel < 1 || kernel > kMaxKernel) return outside("kernel " + axis, kernel, 1, kMaxKernel);
  if (stride < 1 || stride > kMaxKernel) return outside("stride " + axis, stride, 1, kMaxKernel);
  if (pad < 0 || pad >= kernel) return outside("padding " + axis, pad, 0, kernel - 1);
  const std::int64_t pad_end = std::int64_t{out - 1} * stride + kernel - in - pad;
  if (pad_end <= -stride || pad_end >= kernel)
    return "output " + axis + " " + std::to_string(out) + " does not follow from input " +
           std::to_string(in) + ", kernel " + std::to_string(kernel) + ", stride " +
           std::to_string(stride) + " and padding " + std::to_string(pad);
  return {};
}

bool is_pointwise(const Layer& l) {
  return l.kernel_h == 1 && l.kernel_w == 1 && l.stride_h == 1 && l.stride_w == 1 &&
         l.pad_top == 0 && l.pad_left == 0;
}

std::string invalid_geometry(const Layer& l) {
  switch (l.op) {
    case Op::fully_connected:
      if (l.out.pixels() != 1) return "fully connected output has more than one pixel";
      return is_pointwise(l) ? "" : "fully connected has a kernel, a stride or padding";
    case Op::requantise:
      if (l.out != l.in) return "requantise changes the shape";
      return is_pointwise(l) ? "" : "requantise has a kernel, a stride or padding";
    case Op::add:
      if (l.out != l.in) return "add changes the shape";
      return is_pointwise(l) ? "" : "add has a kernel, a stride or padding";
    case Op::depthwise:
      if (l.out.channels % l.in.channels != 0)
        return "output channels " + std::to_string(l.out.channels) +
               " are no multiple of input channels " + std::to_string(l.in.channels);
      break;
    case Op::max_pool:
    case Op::average_pool:
      if (l.out.channels != l.in.channels) return "pooling changes the number of channels";
      break;
    case Op::convolution:
      break;
    default:
      return "unknown operation " + std::to_string(static_cast<int>(l.op));
  }
  if (auto why =
          invalid_axis("height", l.in.height, l.out.height, l.kernel_h, l.stride_h, l.pad_top);
      !why.empty())
    return why;
  if (auto why = invalid_axis("width", l.in.width, l.out.width, l.kernel_w, l.stride_w, l.pad_left);
      !why.empty())
    return why;
  const MapLayout padded(l);
  return padded.size() > kMaxElements ? "input with its padding has more than 2^28 elements" : "";
}

std::string invalid_second_input(const Layer& l) {
  if (l.op != Op::add) return {};
  if (auto why = invalid_type("second input", l.second_type); !why.empty()) return why;
  for (const int scale : {l.scale, l.second_scale})
    if (scale < -kMaxScale || scale > kMaxScale)
      return outside("scale", scale, -kMaxScale, kMaxScale);
  return {};
}

std::string invalid_weights(const Layer& l) {
  if (!l.has_weights())
    return l.weight_bits == 0 ? "" : "weight bits where the operation has no weights";
  switch (l.weight_encoding) {
    case WeightEncoding::twos_complement:
      if (l.weight_bits < 1 || l.weight_bits > 8)
        return outside("weight bits", l.weight_bits, 1, 8);
      break;
    case WeightEncoding::binary:
      if (l.weight_bits != 1) return outside("binary weight bits", l.weight_bits, 1, 1);
      break;
    case WeightEncoding::ternary:
      if (l.weight_bits != 2) return outside("ternary weight bits", l.weight_bits, 2, 2);
      break;
    default:
      return "unknown weight encoding " + std::to_string(static_cast<int>(l.weight_encoding));
  }
  const std::int64_t inputs = l.op == Op::depthwise ? std::int64_t{l.kernel_h} * l.kernel_w
                              : l.op == Op::fully_connected
                                  ? l.in.elements()
                                  : std::int64_t{l.kernel_h} * l.kernel_w * l.in.channels;
  if (inputs > std::numeric_limits<std::int32_t>::max() / l.out.channels)
    return "weights have 2^31 elements or more";
  return {};
}

std::string invalid_requantisation(const Layer& l) {
  if (l.op == Op::max_pool) {
    if (l.requantisation != Requantisation::none) return "max pooling has a requantisation";
    return l.out_type == l.in_type ? "" : "max pooling changes the type of the features";
  }
  switch (l.requantisation) {
    case Requantisation::none:
      if (l.out_type.bits != kAccumulatorBits)
        return outside("output bits without requantisation", l.out_type.bits, kAccumulatorBits,
                       kAccumulatorBits);
      return l.out_type.zero_point == 0 ? "" : "raw accumulators have a zero point";
    case Requantisation::multiply:
    case Requantisation::multiply_tflite:
      return invalid_type("output", l.out_type);
    case Requantisation::thresholds:
      if (l.out_type.bits < 1 || l.out_type.bits > 4)
        return outside("output bits of thresholds", l.out_type.bits, 1, 4);
      return invalid_type("output", l.out_type);
  }
  return "unknown requantisation " + std::to_string(static_cast<int>(l.requantisation));
}

}  // namespace

bool Layer::has_weights() const {
  return op == Op::convolution || op == Op::depthwise || op == Op::fully_connected;
}

int Layer::inputs_per_output() const {
  switch (op) {
    case Op::convolution:
      return kernel_h * kernel_w * in.channels;
    case Op::depthwise:
    case Op::max_pool:
    case Op::average_pool:
      return kernel_h * kernel_w;
    case Op::fully_connected:
      return static_cast<int>(in.elements());
    case Op::add:
      return 2;
    case Op::requantise:
      break;
  }
  return 1;
}

std::int64_t Layer::weight_count() const {
  return has_weights() ? std::int64_t{inputs_per_output()} * out.channels : 0;
}

std::int64_t Layer::macs() const {
  return has_weights() ? out.elements() * inputs_per_output() : 0;
}

std::string invalid(const Layer& layer) {
  if (auto why = invalid_shape("input", layer.in); !why.empty()) return why;
  if (auto why = invalid_shape("output", layer.out); !why.empty()) return why;
  if (auto why = invalid_type("input", layer.in_type); !why.empty()) return why;
  if (auto why = invalid_geometry(layer); !why.empty()) return why;
  if (auto why = invalid_second_input(layer); !why.empty()) return why;
  if (auto why = invalid_weights(layer); !why.empty()) return why;
  return invalid_requantisation(layer);
}

}  // namespace cairn::numbers
