#include "models/cpu/hart_regions.hpp"

#include <algorithm>

namespace cairn::hart {

void RegionList::add(const DirectRegion& region) {
  remove(region.base, static_cast<std::uint32_t>(region.base + region.bytes - 1));
  regions_.push_back(region);
}

void RegionList::remove(std::uint32_t first, std::uint32_t last) {
  std::erase_if(regions_, [&](const DirectRegion& region) {
    return region.base <= last && region.base + region.bytes > first;
  });
}

DirectRegion* RegionList::find(std::uint32_t addr, std::uint64_t size) {
  const auto found = std::ranges::find_if(
      regions_, [&](const DirectRegion& region) { return region.contains(addr, size); });
  return found == regions_.end() ? nullptr : &*found;
}

}  // namespace cairn::hart
