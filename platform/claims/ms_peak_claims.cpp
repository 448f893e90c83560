// Claims of the memory-stationary core: energy and area.
#include <fmt/format.h>

#include "platform/claims/ms_claims.hpp"

namespace cairn::platform::ms_claim {

namespace {

using namespace figures;

/// The layer that keeps the array busy: 3x3, 56 x 56, 64 channels to 64, 4 bits, weights resident.
constexpr std::string_view kPeakLayer = "conv2.1.b";

std::string peak_kernel() {
  return fmt::format(
      "peak kernel: layer {} of resnet50 (3x3, 56 x 56 pixels, 64 to 64 channels, 4 bits), whose "
      "weights "
      "stay in the weight memory; DRAM apart. ",
      kPeakLayer);
}

Claim efficiency() {
  return {
      .what = "peak energy efficiency",
      .kind = ClaimClass::kCalibrated,
      .paper = 8.17,
      .unit = "TOPS/W",
      .assumption = peak_kernel() +
                    "One factor of the energy table is set so that this kernel meets the paper.",
      .runs = {kFused},
      .measure = [](Records r) -> Measurement {
        const double macs = layer(*r[0], kPeakLayer).at("macs").get<double>();
        return {.simulated = 2 * macs / layer_chip_pj(*r[0], kPeakLayer),
                .beside = {figure("the whole network, DRAM apart",
                                  r[0]->report.at("chip_tops_per_w").get<double>(), "TOPS/W"),
                           figure("the whole network with DRAM",
                                  r[0]->report.at("tops_per_w").get<double>(), "TOPS/W"),
                           figure("power of the whole network, DRAM apart",
                                  1e3 * r[0]->report.at("chip_power_w").get<double>(), "mW")},
                .notes = {}};
      }};
}

Claim density() {
  return {.what = "peak throughput per area",
          .kind = ClaimClass::kCalibrated,
          .paper = 0.63,
          .unit = "TOPS/mm2",
          .assumption =
              peak_kernel() + "The area of the array is set so that this kernel meets the paper.",
          .runs = {kFused},
          .measure = [](Records r) -> Measurement {
            const double tops = layer_tops(*r[0], kPeakLayer),
                         area = r[0]->report.at("area_mm2").get<double>();
            return {.simulated = tops / area,
                    .beside = {figure("throughput of the kernel", tops, "TOPS"),
                               figure("area", area, "mm2")},
                    .notes = {}};
          }};
}

}  // namespace

std::vector<Claim> peak() {
  return {efficiency(), density()};
}

}  // namespace cairn::platform::ms_claim
