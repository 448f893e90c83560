#include "models/cpu/hart_regions.hpp"

#include <algorithm>
#include <utility>

namespace cairn::hart {

DirectAccesses& DirectAccesses::operator+=(const DirectAccesses& other) {
  for (std::size_t size = 0; size < reads.size(); ++size) {
    reads[size] += other.reads[size];
    writes[size] += other.writes[size];
  }
  fetches += other.fetches;
  fetch_bytes += other.fetch_bytes;
  return *this;
}

void RegionList::add(const DirectRegion& region) {
  remove(region.base, static_cast<std::uint32_t>(region.base + region.bytes - 1));
  regions_.push_back(region);
}

void RegionList::remove(std::uint32_t first, std::uint32_t last) {
  std::erase_if(regions_, [&](DirectRegion& region) {
    const bool touched = region.base <= last && region.base + region.bytes > first;
    if (touched) take(region);
    return touched;
  });
}

DirectAccesses RegionList::take(DirectRegion& region) {
  taken_ += region.accesses;
  return std::exchange(region.accesses, {});
}

DirectAccesses RegionList::total() const {
  DirectAccesses sum = taken_;
  for (const DirectRegion& region : regions_)
    sum += region.accesses;
  return sum;
}

DirectRegion* RegionList::find(std::uint32_t addr, std::uint64_t size) {
  const auto found = std::ranges::find_if(
      regions_, [&](const DirectRegion& region) { return region.contains(addr, size); });
  return found == regions_.end() ? nullptr : &*found;
}

}  // namespace cairn::hart
