// A published number, and how runs of the program measure it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/claims/claim_run.hpp"

namespace cairn::platform {

enum class ClaimClass : std::uint8_t {
  kResult,      ///< follows from the simulated schedule and counters under the assumptions
  kInferred,    ///< closes once one unpublished parameter, which is named, is set
  kCalibrated,  ///< an input of a table or of a baseline: agreement proves nothing
  kOpen,        ///< not reproduced; the reason is given
};
std::string_view name_of(ClaimClass c);

/// One measured value, or what is to be said instead of one.
struct Figure {
  std::string what;
  std::optional<double> value;
  std::string unit;  ///< "%", "x", "kB", "TOPS/W"...
  std::string text;  ///< where there is no value: "refused: ..."
};

/// Percent by which `value` is above `base`.
inline double change(double value, double base) {
  return 100 * (value / base - 1);
}

inline Figure figure(std::string what, double value, std::string unit) {
  return {std::move(what), value, std::move(unit), {}};
}

inline Figure words(std::string what, std::string text) {
  return {std::move(what), std::nullopt, {}, std::move(text)};
}

struct Measurement {
  std::optional<double> simulated;  ///< in the claim's unit; empty: nothing could be simulated
  std::vector<Figure> beside;       ///< what belongs beside the number
  std::vector<std::string> notes;   ///< whole paragraphs: a bit table, a definition
};

/// Records in the order of Claim::runs.
using Records = std::span<const RunRecord* const>;

struct Claim {
  std::string what;
  ClaimClass kind = ClaimClass::kResult;
  std::optional<double> paper;  ///< empty: the paper says it without a number
  std::string unit;
  std::string assumption;
  std::vector<ClaimRun> runs;
  /// Throws ClaimFailure where the runs contradict what the claim rests on.
  std::function<Measurement(Records)> measure;
};

/// Why a claim has no value, as a clause: "the outputs differ".
struct ClaimFailure {
  std::string what;
};

/// All claims of one core.
struct CoreClaims {
  std::string core;
  std::string paper;  ///< where they are published
  std::vector<Claim> claims;
};

/// Empty for a core without claims.
std::optional<CoreClaims> find_claims(std::string_view core);

/// Each core's own.
CoreClaims cap_claims();
CoreClaims ec_claims();
CoreClaims ms_claims();

}  // namespace cairn::platform
