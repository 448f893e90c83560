// Runs and helpers that the claims of the memory-stationary core share.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platform/claims/claim.hpp"

namespace cairn::platform::ms_claim {

// The machine of the paper, 120 kB, unless the run needs more.
inline const std::string kRoomForAll = "soc.npu0.features.bytes=2097152";
inline const std::string kRingFor8Bits = "soc.npu0.features.bytes=806912";
inline const std::string kBuffersFor8Bits = "soc.npu0.features.bytes=1605632";
inline const std::string kPixelOuter = "compiler.loop_order=pixel-outer";

inline const ClaimRun kFused{.network = "resnet50", .schedule = "ms-fused", .is_checked = true};
inline const ClaimRun kFusedPixelOuter{
    .network = "resnet50", .schedule = "ms-fused", .sets = {kPixelOuter}};
inline const ClaimRun kFused8Bits{
    .network = "resnet50-8b", .schedule = "ms-fused", .is_refused = true};
inline const ClaimRun kFused15{
    .network = "resnet50-v1.5", .schedule = "ms-fused", .is_refused = true};
inline const ClaimRun kFusedMixed{.network = "resnet50-mixed", .schedule = "ms-fused"};
inline const ClaimRun kFusedMasked{.network = "resnet50-msg", .schedule = "ms-fused"};
inline const ClaimRun kFusedMaskedPixelOuter{
    .network = "resnet50-msg", .schedule = "ms-fused", .sets = {kPixelOuter}};

/// With 2 MiB of feature memory.
inline ClaimRun roomy(const char* network, const char* schedule,
                      std::vector<std::string> sets = {}) {
  sets.insert(sets.begin(), kRoomForAll);
  return {.network = network, .schedule = schedule, .sets = std::move(sets)};
}

inline double kilobytes(double bytes) {
  return bytes / 1024;
}

/// Feature memory: what fits, what one ring saves, how often features are accessed.
std::vector<Claim> memory();
/// Layer-wise bits (LCARD): throughput and memory utilisation.
std::vector<Claim> layer_wise_bits();
/// Gating of channels (MSG): memory and throughput.
std::vector<Claim> masks();
/// Energy and area at the peak.
std::vector<Claim> peak();

}  // namespace cairn::platform::ms_claim
