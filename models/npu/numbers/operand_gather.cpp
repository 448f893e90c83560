#include "models/npu/numbers/operand_gather.hpp"

#include <algorithm>

namespace cairn::numbers {

namespace {

constexpr std::int64_t kLine = 64;
constexpr std::int64_t kSlackRows = 16;

/// Which rows lie in a buffer; as made, none.
struct Gathered {
  std::uint64_t contents = 0;  // of the map
  std::int64_t first = 0, count = 0, pitch = 0;
  ChannelRange in{};

  bool operator==(const Gathered&) const = default;
};

/// Whole cache lines, an odd number of them: equal columns of consecutive rows fall in different
/// sets of the cache.
std::int64_t copied_pitch(std::int64_t operands, int step) {
  const std::int64_t padded = (operands + step - 1) / step * step;
  return ((padded + kLine - 1) / kLine | 1) * kLine;
}

}  // namespace

OperandGather::OperandGather(const Layer& layer, ChannelRange in, const Kernels& kernels)
    : kernels_(kernels),
      layout_(layer),
      input_(layer.in),
      in_(in),
      is_view_(layout_.is_pointwise() ||
               (layer.op == Op::fully_connected && in.count == layer.in.channels)),
      pitch_(is_view_ ? layout_.pixel_pitch : copied_pitch(operands(), kernels.operand_step)) {
  if (layer.op == Op::fully_connected && is_view_) pitch_ = layout_.row_pitch * layout_.height;
}

const std::uint8_t* OperandGather::rows(const FeatureMap& map, std::int64_t first,
                                        std::int64_t count) const {
  if (is_view_) return map.data() + layout_.window(first) + in_.first;
  // The next tile often has other output channels of the same pixels.
  thread_local CodeVector buffer;
  thread_local Gathered held;
  const Gathered wanted{map.contents(), first, count, pitch_, in_};
  if (held == wanted) return buffer.data();
  held = {};
  const auto size = static_cast<std::size_t>((count + kSlackRows) * pitch_ + kCopyBeyond);
  if (buffer.size() < size) buffer.resize(size, 0);
  const bool all = in_.count == layout_.pixel_pitch;
  WindowRuns runs{nullptr,
                  layout_.stride_w * layout_.pixel_pitch,
                  0,
                  layout_.row_pitch,
                  layout_.kernel_h,
                  layout_.pixel_pitch,
                  all ? 1 : layout_.kernel_w,
                  std::int64_t{in_.count} * (all ? layout_.kernel_w : 1)};
  for (std::int64_t done = 0; done < count; done += runs.pixels) {
    runs.first = map.data() + layout_.window(first + done) + in_.first;
    runs.pixels = std::min(layout_.out_width - (first + done) % layout_.out_width, count - done);
    kernels_.gather(runs, buffer.data() + done * pitch_, pitch_);
  }
  held = wanted;
  return buffer.data();
}

WeightRuns OperandGather::weight_runs() const {
  return {in_.first, layout_.pixel_pitch, taps(), in_.count};
}

bool OperandGather::is_inside(std::int64_t pixel, int tap) const {
  const std::int64_t y = pixel / layout_.out_width * layout_.stride_h + tap / layout_.kernel_w;
  const std::int64_t x = pixel % layout_.out_width * layout_.stride_w + tap % layout_.kernel_w;
  return y >= layout_.pad_top && y < layout_.pad_top + input_.height && x >= layout_.pad_left &&
         x < layout_.pad_left + input_.width;
}

}  // namespace cairn::numbers
