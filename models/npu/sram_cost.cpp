#include "models/npu/sram_cost.hpp"

#include <array>
#include <cmath>

namespace cairn::npu {

namespace {

constexpr std::array<double, 3> kBytes = {8'192, 32'768, 131'072};
constexpr std::array<SramCost, 3> k28nm = {
    {{1'380, 1'300, 600, 0.010}, {2'710, 2'230, 2'240, 0.051}, {5'720, 4'380, 8'150, 0.19}}};
constexpr std::array<SramCost, 3> k65nm = {
    {{5'900, 6'500, 190, 0.055}, {13'800, 11'400, 720, 0.234}, {27'100, 22'800, 2'650, 1.04}}};

}  // namespace

SramCost sram_cost(Process process, std::uint64_t bytes) {
  const auto& points = process == Process::nm28 ? k28nm : k65nm;
  const auto size = static_cast<double>(bytes);
  const std::size_t i = size < kBytes[1] ? 0 : 1;
  const double t = std::log(size / kBytes[i]) / std::log(kBytes[i + 1] / kBytes[i]);
  const auto between = [&](double SramCost::*value) {
    return points[i].*value * std::pow(points[i + 1].*value / (points[i].*value), t);
  };
  return {between(&SramCost::read_fj), between(&SramCost::write_fj), between(&SramCost::leakage_uw),
          between(&SramCost::area_mm2)};
}

}  // namespace cairn::npu
