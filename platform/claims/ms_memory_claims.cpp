// Claims of the memory-stationary core: feature memory.
#include <fmt/format.h>

#include "platform/claims/ms_claims.hpp"

namespace cairn::platform::ms_claim {

namespace {

using namespace figures;

Claim capacity() {
  return {.what = "ResNet-50 in 120 kB of feature memory",
          .kind = ClaimClass::kResult,
          .paper = 120,
          .unit = "kB",
          .assumption =
              "v1 without residual paths, 4-bit features and weights, first convolution 8-bit; "
              "schedule "
              "ms-fused: first convolution and pooling streamed from DRAM, an expanding 1x1 fused "
              "into the "
              "next one; random weights. Simulated is the ring's peak of live features. Outside of "
              "it: line "
              "buffer 16 kB, buffer of a fused pair 4 kB, accumulators 8 kB.",
          .runs = {kFused, kFused8Bits, kFused15, roomy("resnet50-residual", "ms-fused")},
          .measure = [](Records r) -> Measurement {
            for (const RunRecord* refused : {r[1], r[2]})
              if (refused->message.find("bytes of feature memory") == std::string::npos)
                throw ClaimFailure{"a network was refused for another reason: " + refused->message};
            return {.simulated = kilobytes(peak_feature_bytes(*r[0])),
                    .beside = {figure("smallest feature memory that the compiler takes",
                                      kilobytes(needed_feature_bytes(*r[0])), "kB"),
                               figure("differing outputs against the reference",
                                      r[0]->report.at("mismatches").get<double>(), "outputs"),
                               figure("with residual paths, in two rings (peak, 2 MiB)",
                                      kilobytes(peak_feature_bytes(*r[3])), "kB"),
                               words("8-bit throughout is refused", r[1]->message),
                               words("v1.5 at 4 bits is refused", r[2]->message)},
                    .notes = {}};
          }};
}

Claim ring() {
  return {
      .what = "one ring instead of two buffers",
      .kind = ClaimClass::kResult,
      .paper = std::nullopt,
      .unit = "%",
      .assumption =
          "ResNet-50 v1 without residual paths, 4 bits, layer by layer. Simulated compares the "
          "smallest "
          "feature memories that the compiler takes: ring (schedule ms) against two buffers, each "
          "as "
          "large as the largest map (schedule pingpong-os; pingpong-ws needs room for partial sums "
          "besides). All runs with 2 MiB of feature memory. The paper gives no number.",
      .runs = {roomy("resnet50", "ms"), roomy("resnet50", "pingpong-os"),
               roomy("resnet50", "pingpong-ws"), kFused},
      .measure = [](Records r) -> Measurement {
        for (const RunRecord* run : r)
          if (run->outputs.empty() || run->outputs != r[0]->outputs)
            throw ClaimFailure{"the schedules do not give the same outputs"};
        return {.simulated = change(needed_feature_bytes(*r[0]), needed_feature_bytes(*r[1])),
                .beside = {figure("ring", kilobytes(needed_feature_bytes(*r[0])), "kB"),
                           figure("two buffers", kilobytes(needed_feature_bytes(*r[1])), "kB"),
                           figure("two buffers and partial sums, 64 x 64",
                                  kilobytes(needed_feature_bytes(*r[2])), "kB"),
                           figure("most live at once in the ring",
                                  kilobytes(peak_feature_bytes(*r[0])), "kB"),
                           figure("most live at once in the two buffers",
                                  kilobytes(peak_feature_bytes(*r[1])), "kB"),
                           words("outputs",
                                 "the same bits with ms, ms-fused, pingpong-os and "
                                 "pingpong-ws")},
                .notes = {}};
      }};
}

/// r: forced to pixel-outer; baseline; the compiler's own loop orders.
Measurement fewer_accesses(Records r) {
  const double base = convolution_accesses(*r[1]);
  return {.simulated = change(convolution_accesses(*r[0]), base),
          .beside = {figure("accesses", convolution_accesses(*r[0]) / 1e6, "M"),
                     figure("accesses of the baseline", base / 1e6, "M"),
                     figure("DRAM traffic", dram_megabytes(*r[0]), "MB"),
                     figure("DRAM traffic of the baseline", dram_megabytes(*r[1]), "MB"),
                     figure("with the compiler's own loop orders",
                            change(convolution_accesses(*r[2]), base), "%"),
                     figure("  accesses", convolution_accesses(*r[2]) / 1e6, "M"),
                     figure("  DRAM traffic", dram_megabytes(*r[2]), "MB"),
                     figure("  seconds, over those of pixel-outer",
                            inference_seconds(*r[2]) / inference_seconds(*r[0]), "x")},
          .notes = {}};
}

constexpr const char* kAccesses =
    "element accesses of the feature memory by the convolutions, a partial sum read or written is "
    "one; "
    "loop order pixel-outer, which reads each feature once and streams the weights again for every "
    "tile of pixels. ";

Claim accesses_against_weight_stationary(const char* variant, const char* network) {
  return {.what = fmt::format("feature accesses, option A, ResNet-50 {}", variant),
          .kind = ClaimClass::kCalibrated,
          .paper = -78.0,
          .unit = "%",
          .assumption =
              std::string(kAccesses) +
              "The paper names no baseline; ours, chosen to come close: two buffers, weight "
              "stationary, "
              "64 x 64 channels (pingpong-ws). Schedule ms, which does not fit 120 kB: 2 MiB.",
          .runs = {roomy(network, "ms", {kPixelOuter}), roomy(network, "pingpong-ws"),
                   roomy(network, "ms")},
          .measure = fewer_accesses};
}

Claim accesses_against_output_stationary() {
  return {
      .what = "feature accesses, option B, ResNet-50 v1",
      .kind = ClaimClass::kCalibrated,
      .paper = -78.0,
      .unit = "%",
      .assumption =
          std::string(kAccesses) +
          "The image, which is streamed, counts as it is read from the line buffer; what passes "
          "between two fused layers does not. The paper names no baseline; ours: two buffers, "
          "output stationary, 128 channels (pingpong-os, 2 MiB). Schedule ms-fused, in 120 kB.",
      .runs = {kFusedPixelOuter, roomy("resnet50", "pingpong-os"), kFused},
      .measure = fewer_accesses};
}

}  // namespace

std::vector<Claim> memory() {
  return {capacity(), ring(), accesses_against_weight_stationary("v1", "resnet50"),
          accesses_against_weight_stationary("v1.5", "resnet50-v1.5"),
          accesses_against_output_stationary()};
}

}  // namespace cairn::platform::ms_claim
