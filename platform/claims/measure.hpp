// Claims against runs: every run once, every claim from the runs it names.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "platform/claims/claim.hpp"

namespace cairn::platform {

struct MeasuredClaim {
  Claim claim;
  std::vector<std::size_t> runs;           ///< into MeasuredClaims::runs
  std::optional<Measurement> measurement;  ///< empty: see failure
  std::string failure;                     ///< one clause

  /// Simulated minus published value, in the claim's unit; empty if one is missing.
  std::optional<double> difference() const;
};

struct MeasuredClaims {
  std::string core, paper;
  std::vector<ClaimRun> runs;  ///< all different
  std::vector<RunRecord> records;
  std::vector<MeasuredClaim> claims;

  /// Of the program: 0 if every claim has a value, 3 if a simulated system failed, else 1.
  int exit_status() const;
};

/// `perform` returns one record for each run, in the same order.
MeasuredClaims measure(
    const CoreClaims& claims,
    const std::function<std::vector<RunRecord>(const std::vector<ClaimRun>&)>& perform);

}  // namespace cairn::platform
