// What `cairn claims` prints and writes.
#pragma once

#include <string>

#include "models/npu/geometry.hpp"
#include "platform/claims/measure.hpp"

namespace cairn::platform {

constexpr int kClaimsSchemaVersion = 1;

/// Claim, class, published and simulated value, difference; below each what it assumes and which
/// runs it was measured on; the runs and the core's assumed sizes at the end.
std::string claims_text(const MeasuredClaims& measured, const npu::Geometry& geometry);

/// The same as JSON.
std::string claims_json(const MeasuredClaims& measured, const npu::Geometry& geometry);

/// "99.81 kB", "-77.6%", "x4.56"
std::string value_text(double value, const std::string& unit);

/// As a user types it: "cairn run resnet50 --schedule ms ...".
std::string command_text(const ClaimRun& run);

}  // namespace cairn::platform
