// Which cores have claims. A core's claims are one file and one line here.
#include <array>

#include "platform/claims/claim.hpp"

namespace cairn::platform {

std::string_view name_of(ClaimClass c) {
  constexpr std::array<std::string_view, 4> kNames = {"result", "inferred", "calibrated", "open"};
  return kNames[static_cast<std::size_t>(c)];
}

std::optional<CoreClaims> find_claims(std::string_view core) {
  if (core == "cap") return cap_claims();
  if (core == "ec") return ec_claims();
  if (core == "ms") return ms_claims();
  return std::nullopt;
}

}  // namespace cairn::platform
