// Which target an address belongs to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace cairn {

/// A window of the address space. `target` is the target's name as the waves and messages show it.
struct BusRegion {
  std::uint64_t base = 0;
  std::uint64_t bytes = 0;
  std::string target;
  std::size_t port = 0;  ///< index of the target in the order of the calls of add

  [[nodiscard]] std::uint64_t last() const { return base + (bytes - 1); }
  [[nodiscard]] bool holds(std::uint64_t address, std::uint64_t count) const {
    return address >= base && address - base < bytes && count <= bytes - (address - base);
  }
};

/// Regions sorted by base. Knows nothing of SystemC.
class AddressMap {
 public:
  /// Throws InputError, naming both targets, if the region overlaps another; also if it is empty
  /// or reaches beyond 64 bits.
  void add(const BusRegion& region);

  /// The region that holds all `count` bytes from `address` on, or null. `hint` is the caller's
  /// own: the index of its last hit, tried first.
  [[nodiscard]] const BusRegion* find(std::uint64_t address, std::uint64_t count,
                                      std::size_t& hint) const {
    if (hint < regions_.size() && regions_[hint].holds(address, count)) return &regions_[hint];
    return search(address, count, hint);
  }

  [[nodiscard]] const std::vector<BusRegion>& regions() const { return regions_; }

 private:
  const BusRegion* search(std::uint64_t address, std::uint64_t count, std::size_t& hint) const;

  std::vector<BusRegion> regions_;
};

}  // namespace cairn
