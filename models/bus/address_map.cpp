#include "models/bus/address_map.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/kit/input_error.hpp"

namespace cairn {

namespace {

std::string text_of(const BusRegion& r) {
  return fmt::format("{} at {:#x}..{:#x}", r.target, r.base, r.last());
}

bool starts_after(std::uint64_t address, const BusRegion& r) {
  return address < r.base;
}

}  // namespace

void AddressMap::add(const BusRegion& region) {
  if (region.bytes == 0)
    throw InputError(fmt::format("{} at {:#x} has a size of 0", region.target, region.base));
  if (region.last() < region.base)
    throw InputError(fmt::format("{} at {:#x} with {:#x} bytes does not fit in 64 bits",
                                 region.target, region.base, region.bytes));
  for (const BusRegion& other : regions_)
    if (region.base <= other.last() && other.base <= region.last())
      throw InputError(fmt::format("{} overlaps {}", text_of(region), text_of(other)));
  const auto place = std::upper_bound(regions_.begin(), regions_.end(), region.base, starts_after);
  regions_.insert(place, region);
}

const BusRegion* AddressMap::search(std::uint64_t address, std::uint64_t count,
                                    std::size_t& hint) const {
  const auto after = std::upper_bound(regions_.begin(), regions_.end(), address, starts_after);
  if (after == regions_.begin() || !std::prev(after)->holds(address, count)) return nullptr;
  hint = static_cast<std::size_t>(std::prev(after) - regions_.begin());
  return &regions_[hint];
}

}  // namespace cairn
