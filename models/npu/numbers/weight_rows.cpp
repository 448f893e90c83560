#include "models/npu/numbers/weight_rows.hpp"

#include <algorithm>

namespace cairn::numbers {

void WeightRows::read(int channel, std::int64_t first, std::span<std::int8_t> out) const {
  const std::int64_t at = channel * inputs_ + first;
  if (!integers_.empty())
    std::copy_n(integers_.begin() + at, out.size(), out.begin());
  else
    unpack_weights(packed_.weights,
                   packed_.weight_bit + static_cast<std::uint64_t>(at) * layer_.weight_bits, layer_,
                   out);
}

}  // namespace cairn::numbers
