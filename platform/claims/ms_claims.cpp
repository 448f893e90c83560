// The claims of the memory-stationary core.
#include "platform/claims/ms_claims.hpp"

namespace cairn::platform {

CoreClaims ms_claims() {
  CoreClaims out{
      .core = "ms", .paper = "JSSC 60(8), 2025, doi 10.1109/JSSC.2025.3532544", .claims = {}};
  for (const auto part :
       {ms_claim::memory, ms_claim::layer_wise_bits, ms_claim::masks, ms_claim::peak})
    for (Claim& claim : part())
      out.claims.push_back(std::move(claim));
  return out;
}

}  // namespace cairn::platform
