#include "models/npu/numbers/operand_gather.hpp"

#include <algorithm>
#include <cstring>

namespace cairn::numbers {

namespace {

constexpr std::int64_t kLine = 64;
constexpr std::int64_t kSlackRows = 16;

/// Whole cache lines, an odd number of them: equal columns of consecutive rows fall in different
/// sets of the cache.
std::int64_t copied_pitch(std::int64_t operands, int step) {
  const std::int64_t padded = (operands + step - 1) / step * step;
  return ((padded + kLine - 1) / kLine | 1) * kLine;
}

/// Copies whole vectors: up to 31 bytes beyond, which the next run of operands overwrites.
void copy_beyond(const std::uint8_t* from, std::uint8_t* to, std::size_t size) {
  constexpr std::size_t kVector = 32, kLong = 256;
  if (size > kLong) {
    std::memcpy(to, from, size);
    return;
  }
  for (std::size_t i = 0; i < size; i += kVector)
    std::memcpy(to + i, from + i, kVector);
}

}  // namespace

OperandGather::OperandGather(const Layer& layer, ChannelRange in, int operand_step)
    : layout_(layer),
      input_(layer.in),
      in_(in),
      is_view_(layout_.is_pointwise() ||
               (layer.op == Op::fully_connected && in.count == layer.in.channels)),
      pitch_(is_view_ ? layout_.pixel_pitch : copied_pitch(operands(), operand_step)) {
  if (layer.op == Op::fully_connected && is_view_) pitch_ = layout_.row_pitch * layout_.height;
}

const std::uint8_t* OperandGather::rows(const FeatureMap& map, std::int64_t first,
                                        std::int64_t count) const {
  if (is_view_) return map.data() + layout_.window(first) + in_.first;
  thread_local CodeVector buffer;
  const auto size = static_cast<std::size_t>((count + kSlackRows) * pitch_ + kLine);
  if (buffer.size() < size) buffer.resize(size, 0);
  for (std::int64_t p = 0; p < count; ++p)
    copy(map.data() + layout_.window(first + p), buffer.data() + p * pitch_);
  return buffer.data();
}

void OperandGather::copy(const std::uint8_t* window, std::uint8_t* row) const {
  const bool all = in_.count == layout_.pixel_pitch;
  const int runs = all ? 1 : layout_.kernel_w;
  const auto size = static_cast<std::size_t>(all ? in_.count * layout_.kernel_w : in_.count);
  for (int y = 0; y < layout_.kernel_h; ++y)
    for (int x = 0; x < runs; ++x, row += size)
      copy_beyond(window + y * layout_.row_pitch + x * layout_.pixel_pitch + in_.first, row, size);
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
