#include "models/npu/cores/ec/twin_macro.hpp"

#include <cstdlib>
#include <stdexcept>

namespace cairn::npu::ec {

using numbers::Layer;
using numbers::WeightEncoding;

namespace {

std::string plan_of(const Geometry& geometry) {
  for (const GeometryValue& v : geometry.values)
    if (v.key == "plan") return v.text();
  throw std::logic_error("no plan");
}

std::int64_t extended(std::uint32_t field, int bits) {
  return (field >> (bits - 1) & 1) != 0 ? std::int64_t{field} - (std::int64_t{1} << bits) : field;
}

}  // namespace

TwinMacro::TwinMacro(const Layer& layer, const Geometry& geometry, TwinActivity& activity)
    : layer_(layer),
      entries_(static_cast<std::size_t>(geometry.at("entries"))),
      plan_(plan_of(geometry)),
      overhead_(static_cast<std::uint64_t>(geometry.at("overhead"))),
      activity_(activity) {}

std::int64_t TwinMacro::feature(std::uint32_t field) const {
  return layer_.in_type.is_signed ? extended(field, layer_.in_type.bits) : field;
}

std::int64_t TwinMacro::weight(std::uint32_t field) const {
  if (layer_.weight_encoding == WeightEncoding::binary) return field != 0 ? 1 : -1;
  return extended(field, layer_.weight_bits);
}

bool TwinMacro::feature_bit(const TwinEntry& entry, int plane) const {
  return (entry.feature >> plane & 1) != 0;
}

/// Plane 1 of a binary weight holds the -1.
bool TwinMacro::weight_bit(const TwinEntry& entry, int plane) const {
  if (layer_.weight_encoding == WeightEncoding::binary) return (entry.weight != 0) == (plane == 0);
  return (entry.weight >> plane & 1) != 0;
}

std::int64_t TwinMacro::dot(std::span<const TwinEntry> entries) {
  if (entries.size() > entries_) throw std::logic_error("more operands than entries");
  thousandths_ += overhead_;
  for (; thousandths_ >= 1000; thousandths_ -= 1000)
    ++activity_.cycles;
  if (plan_ == "bitplane") return count_bits(entries);
  return plan_ == "magnitude-pairs" ? count_magnitudes(entries) : count_products(entries);
}

std::int64_t TwinMacro::count_bits(std::span<const TwinEntry> entries) {
  const bool is_binary = layer_.weight_encoding == WeightEncoding::binary;
  const int features = layer_.in_type.bits, weights = is_binary ? 2 : layer_.weight_bits;
  std::int64_t sum = 0;
  bool any = false;
  for (int i = 0; i < features; ++i)
    for (int j = 0; j < weights; ++j) {
      std::int64_t count = 0;
      for (const TwinEntry& e : entries)
        if (feature_bit(e, i) && weight_bit(e, j)) ++count;
      if (count == 0) continue;
      any = true;
      ++activity_.cycles;
      ++activity_.searches;
      activity_.matches += static_cast<std::uint64_t>(count);
      std::int64_t scale = std::int64_t{1} << i;
      if (layer_.in_type.is_signed && i == features - 1) scale = -scale;
      if (is_binary)
        scale = j == 0 ? scale : -scale;
      else
        scale *= (std::int64_t{1} << j) * (j == weights - 1 ? -1 : 1);
      sum += count * scale;
    }
  if (!any) return 0;
  ++activity_.cycles;
  ++activity_.accumulations;
  return sum;
}

std::int64_t TwinMacro::count_magnitudes(std::span<const TwinEntry> entries) {
  std::int64_t sum = 0;
  for (std::int64_t m = 1; m <= 4; ++m)
    for (std::int64_t n = m; n <= 4; ++n) {
      std::int64_t up = 0, down = 0;
      for (const TwinEntry& e : entries) {
        const std::int64_t a = feature(e.feature), w = weight(e.weight);
        const bool matches =
            (std::abs(a) == m && std::abs(w) == n) || (std::abs(a) == n && std::abs(w) == m);
        if (matches) ++((a < 0) == (w < 0) ? up : down);
      }
      if (up + down == 0) continue;
      ++activity_.cycles;
      ++activity_.searches;
      activity_.matches += static_cast<std::uint64_t>(up + down);
      ++activity_.multiplications;
      sum += m * n * (up - down);
    }
  return sum;
}

std::int64_t TwinMacro::count_products(std::span<const TwinEntry> entries) {
  std::int64_t sum = 0;
  for (std::int64_t product = 1; product <= 64; ++product) {
    std::int64_t up = 0, down = 0;
    for (const TwinEntry& e : entries) {
      const std::int64_t value = feature(e.feature) * weight(e.weight);
      if (value == product) ++up;
      if (value == -product) ++down;
    }
    if (up + down == 0) continue;
    ++activity_.cycles;
    ++activity_.searches;
    activity_.matches += static_cast<std::uint64_t>(up + down);
    ++activity_.multiplications;
    sum += product * (up - down);
  }
  return sum;
}

}  // namespace cairn::npu::ec
