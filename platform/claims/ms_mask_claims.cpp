// Claims of the memory-stationary core: channel masks.
#include <fmt/format.h>

#include "platform/claims/ms_claims.hpp"

namespace cairn::platform::ms_claim {

namespace {

using namespace figures;

/// What resnet50 takes over what its masked network takes.
Claim masked(std::string what, double paper, const char* of_what,
             double (*figure_of)(const RunRecord&)) {
  return {
      .what = std::move(what),
      .kind = ClaimClass::kCalibrated,
      .paper = paper,
      .unit = "x",
      .assumption = fmt::format(
          "{} of resnet50 over those of resnet50-msg, both ms-fused in 120 kB. The mask is ours "
          "and chosen for this number; it keeps multiples of 16 channels, of 8 behind conv1.",
          of_what),
      .runs = {kFused, kFusedMasked},
      .measure = [figure_of](Records r) -> Measurement {
        return {.simulated = figure_of(*r[0]) / figure_of(*r[1]), .beside = {}, .notes = {}};
      }};
}

Claim masked_memory() {
  Claim claim =
      masked("MSG: on-chip memory utilisation", 1.2, "peaks of live features", peak_feature_bytes);
  claim.assumption +=
      " The paper's utilisation is read as the same network in less memory. Loop order "
      "pixel-outer, "
      "which fuses every pair; left to itself, the compiler fuses only maps that have no room.";
  claim.runs = {kFusedPixelOuter, kFusedMaskedPixelOuter};
  claim.measure = [plain = std::move(claim.measure)](Records r) {
    Measurement m = plain(r);
    m.beside = {figure("peak without mask", kilobytes(peak_feature_bytes(*r[0])), "kB"),
                figure("peak with mask", kilobytes(peak_feature_bytes(*r[1])), "kB")};
    m.notes = {"output channels kept: " + keep_table(*r[1])};
    return m;
  };
  return claim;
}

Claim masked_throughput() {
  Claim claim = masked("MSG: throughput", 1.3, "array-busy cycles", array_busy_cycles);
  claim.assumption += " Its keep ratios stand above.";
  claim.measure = [plain = std::move(claim.measure)](Records r) {
    Measurement m = plain(r);
    const double skipped = r[1]->report.at("totals").at("macs_skipped").get<double>(),
                 all = r[0]->report.at("totals").at("macs").get<double>();
    m.beside = {figure("ratio of simulated seconds, DRAM stalls included",
                       inference_seconds(*r[0]) / inference_seconds(*r[1]), "x"),
                figure("products left out", 100 * skipped / all, "percent")};
    return m;
  };
  return claim;
}

}  // namespace

std::vector<Claim> masks() {
  return {masked_memory(), masked_throughput()};
}

}  // namespace cairn::platform::ms_claim
