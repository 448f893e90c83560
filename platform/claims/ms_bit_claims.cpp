// Claims of the memory-stationary core: layer-wise bit-widths.
#include "platform/claims/ms_claims.hpp"

namespace cairn::platform::ms_claim {

namespace {

using namespace figures;

Claim throughput() {
  return {.what = "LCARD: throughput over fixed 8 bits",
          .kind = ClaimClass::kResult,
          .paper = 4.5,
          .unit = "x",
          .assumption =
              "array-busy cycles of resnet50-8b over those of resnet50-mixed, whose bit table is "
              "ours (the "
              "paper gives none); schedule ms and 2 MiB of feature memory for both, since 8 bits "
              "do not fit "
              "120 kB. A product of a-bit feature and w-bit weight takes a*w/16 of a lane's cycle.",
          .runs = {roomy("resnet50-8b", "ms"), roomy("resnet50-mixed", "ms"),
                   roomy("resnet50", "ms"), kFusedMixed},
          .measure = [](Records r) -> Measurement {
            const double fixed = array_busy_cycles(*r[0]);
            return {.simulated = fixed / array_busy_cycles(*r[1]),
                    .beside = {figure("ratio of simulated seconds, DRAM stalls included",
                                      inference_seconds(*r[0]) / inference_seconds(*r[1]), "x"),
                               figure("ratio of busy cycles at 4 bits throughout",
                                      fixed / array_busy_cycles(*r[2]), "x"),
                               figure("inferences per second at 8 bits",
                                      1 / inference_seconds(*r[0]), "1/s"),
                               figure("inferences per second, bit table",
                                      1 / inference_seconds(*r[1]), "1/s"),
                               figure("  the same in 120 kB (ms-fused)",
                                      1 / inference_seconds(*r[3]), "1/s")},
                    .notes = {"bits: " + bit_table(*r[1])}};
          }};
}

Claim utilisation() {
  return {
      .what = "LCARD: on-chip memory utilisation (OCMU)",
      .kind = ClaimClass::kOpen,
      .paper = 3.2,
      .unit = "x",
      .assumption =
          "the paper's definition and its fixed bit-width are not public. Here OCMU is the mean "
          "over the "
          "layers of peak live bits / bits of the feature memory: of resnet50-mixed in 120 kB "
          "(ms-fused) "
          "over that of resnet50-8b in the smallest memory that takes it, in one ring (ms).",
      .runs = {kFusedMixed,
               {.network = "resnet50-8b", .schedule = "ms", .sets = {kRingFor8Bits}},
               {.network = "resnet50-8b", .schedule = "pingpong-os", .sets = {kBuffersFor8Bits}}},
      .measure = [](Records r) -> Measurement {
        const double mixed = memory_utilisation(*r[0]), ring = memory_utilisation(*r[1]),
                     buffers = memory_utilisation(*r[2]);
        return {.simulated = mixed / ring,
                .beside = {figure("over 8 bits in two buffers", mixed / buffers, "x"),
                           figure("OCMU, bit table, in 120 kB", 100 * mixed, "percent"),
                           figure("OCMU, 8 bits in one ring", 100 * ring, "percent"),
                           figure("OCMU, 8 bits in two buffers", 100 * buffers, "percent"),
                           figure("smallest ring at 8 bits", kilobytes(needed_feature_bytes(*r[1])),
                                  "kB"),
                           figure("smallest two buffers at 8 bits",
                                  kilobytes(needed_feature_bytes(*r[2])), "kB")},
                .notes = {}};
      }};
}

}  // namespace

std::vector<Claim> layer_wise_bits() {
  return {throughput(), utilisation()};
}

}  // namespace cairn::platform::ms_claim
