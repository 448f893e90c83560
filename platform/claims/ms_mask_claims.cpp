// Claims of the memory-stationary core: channel masks.
#include "platform/claims/ms_claims.hpp"

namespace cairn::platform::ms_claim {

namespace {

using namespace figures;

constexpr const char* kMask =
    " The mask is ours and chosen for this number; it keeps multiples of 16 channels, of 8 behind "
    "conv1.";

Claim masked_memory() {
  return {.what = "MSG: on-chip memory utilisation",
          .kind = ClaimClass::kCalibrated,
          .paper = 1.2,
          .unit = "x",
          .assumption =
              std::string("read as the same network in less memory: the ring's peak of live "
                          "features of resnet50 over that of resnet50-msg, both ms-fused in "
                          "120 kB, pixel-outer, for the compiler fuses less where it has room.") +
              kMask,
          .runs = {kFusedPixelOuter, kFusedMaskedPixelOuter},
          .measure = [](Records r) -> Measurement {
            const double whole = peak_feature_bytes(*r[0]), masked = peak_feature_bytes(*r[1]);
            return {.simulated = whole / masked,
                    .beside = {figure("peak without mask", kilobytes(whole), "kB"),
                               figure("peak with mask", kilobytes(masked), "kB")},
                    .notes = {"output channels kept: " + keep_table(*r[1])}};
          }};
}

Claim masked_throughput() {
  return {
      .what = "MSG: throughput",
      .kind = ClaimClass::kCalibrated,
      .paper = 1.3,
      .unit = "x",
      .assumption = std::string("array-busy cycles of resnet50 over those of resnet50-msg, both "
                                "ms-fused in 120 kB with the compiler's own loop orders.") +
                    kMask + " Its keep ratios stand above.",
      .runs = {kFused, kFusedMasked},
      .measure = [](Records r) -> Measurement {
        const double skipped = r[1]->report.at("totals").at("macs_skipped").get<double>(),
                     all = r[0]->report.at("totals").at("macs").get<double>();
        return {.simulated = array_busy_cycles(*r[0]) / array_busy_cycles(*r[1]),
                .beside = {figure("ratio of simulated seconds, DRAM stalls included",
                                  inference_seconds(*r[0]) / inference_seconds(*r[1]), "x"),
                           figure("products left out", 100 * skipped / all, "percent")},
                .notes = {}};
      }};
}

}  // namespace

std::vector<Claim> masks() {
  return {masked_memory(), masked_throughput()};
}

}  // namespace cairn::platform::ms_claim
