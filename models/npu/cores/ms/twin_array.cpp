#include "models/npu/cores/ms/twin_array.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace cairn::npu::ms {

std::int64_t TwinNumber::plane(int i) const {
  if (i >= bits) return 0;
  const bool one = (field >> i & 1) != 0;
  if (kind == Kind::plus_minus) return one ? 1 : -1;
  const std::int64_t weight = std::int64_t{one} << i;
  return kind == Kind::is_signed && i == bits - 1 ? -weight : weight;
}

std::int64_t TwinNumber::value() const {
  std::int64_t sum = 0;
  for (int i = 0; i < bits; ++i)
    sum += plane(i);
  return sum;
}

TwinArray::TwinArray(const Geometry& geometry)
    : lanes_(static_cast<std::size_t>(geometry.at("input_lanes"))),
      products_(static_cast<std::size_t>(geometry.at("bit_products"))),
      outputs_(
          static_cast<std::size_t>(geometry.at("tile_pixels") * geometry.at("tile_channels"))) {}

std::vector<std::int64_t> TwinArray::multiply(const std::vector<std::vector<TwinOperand>>& outputs,
                                              std::uint64_t& cycles) const {
  if (outputs.size() > outputs_) throw std::logic_error("more outputs than the array has");
  const std::size_t operands = outputs.front().size();
  int feature_bits = 1, weight_bits = 1;
  for (const TwinOperand& o : outputs.front()) {
    feature_bits = std::max(feature_bits, o.feature.bits);
    weight_bits = std::max(weight_bits, o.weight.bits);
  }
  std::vector<std::int64_t> sums(outputs.size());
  std::size_t products = 0;  // that a lane has made in this cycle
  for (std::size_t group = 0; group < operands; group += lanes_)
    for (int i = 0; i < feature_bits; ++i)
      for (int j = 0; j < weight_bits; ++j) {
        if (products == 0) ++cycles;
        products = (products + 1) % products_;
        for (std::size_t output = 0; output < outputs.size(); ++output)
          for (std::size_t lane = group; lane < std::min(group + lanes_, operands); ++lane) {
            const TwinOperand& o = outputs[output][lane];
            if (!o.masked) sums[output] += o.feature.plane(i) * o.weight.plane(j);
          }
      }
  // Beside the lanes: what the zero points contribute.
  for (std::size_t output = 0; output < outputs.size(); ++output)
    for (const TwinOperand& o : outputs[output])
      if (!o.masked) sums[output] -= o.zero_point * o.weight.value();
  return sums;
}

std::int64_t TwinArray::largest(const std::vector<TwinOperand>& operands) {
  std::optional<std::int64_t> most;
  for (const TwinOperand& o : operands)
    if (!o.masked && (!most || o.feature.value() > *most)) most = o.feature.value();
  return most.value();
}

}  // namespace cairn::npu::ms
