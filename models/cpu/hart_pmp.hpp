// Physical memory protection: 16 entries that say who may read, write and execute what.
#pragma once

#include <array>
#include <cstdint>

#include "models/cpu/hart_regions.hpp"

namespace cairn::hart {

/// Encoded as in mstatus.MPP.
enum class Privilege : std::uint8_t { kUser = 0, kMachine = 3 };

/// Addresses first..last, both inclusive.
struct AddressRange {
  std::uint32_t first = 0;
  std::uint32_t last = ~0u;

  bool contains(std::uint32_t addr) const { return addr >= first && addr <= last; }
  bool operator==(const AddressRange&) const = default;
};
inline constexpr AddressRange kNoAddress{1, 0};

/// The last address in executable memory where an instruction of any length may start.
constexpr std::uint32_t last_start(const AddressRange& executable) {
  return executable.last - 2;
}

/// Privileged ISA 1.12, 3.7: OFF, TOR, NA4 and NAPOT with a granularity of four bytes; an address
/// register holds bits 33..2 of an address. Pure: it knows nothing of the hart that asks.
///
/// Of each configuration byte R, W, X, A and L are kept; W without R, which is reserved, is stored
/// as neither.
class Pmp {
 public:
  static constexpr unsigned kEntries = 16;

  void reset() { *this = Pmp{}; }

  /// pmpcfg0..3: four entries each.
  std::uint32_t config(unsigned index) const;
  /// Leaves locked entries alone.
  void write_config(unsigned index, std::uint32_t value);
  /// pmpaddr0..15.
  std::uint32_t address(unsigned entry) const { return entries_[entry].address; }
  /// Nothing happens if the entry is locked, or is the base of a locked TOR entry.
  void write_address(unsigned entry, std::uint32_t value);

  /// May this access be made? `bytes` is at least 1; an access past 2^32 goes on at 0.
  ///
  /// The entry with the lowest number that matches any byte decides, and it must match all of them.
  /// An aligned access always meets one entry or none. A misaligned one that entries split fails
  /// in user mode; in machine mode it counts as single bytes, as the manual allows, so that entries
  /// that are not locked never concern machine mode.
  bool allows(std::uint32_t addr, unsigned bytes, AccessKind kind, Privilege privilege) const;
  /// The largest range around `addr` in which every access of this kind gets the same answer.
  AddressRange extent(std::uint32_t addr, AccessKind kind, Privilege privilege) const;

 private:
  struct Entry {
    std::uint32_t address = 0;
    std::uint8_t config = 0;
    std::uint64_t first = 0;  ///< the bytes first..end-1 match; 0 and 0: none
    std::uint64_t end = 0;

    bool locked() const;
    bool permits(AccessKind kind, Privilege privilege) const;
  };

  /// Where one entry, or none, decides: null for none.
  struct Cell {
    std::uint64_t first = 0;
    std::uint64_t end = 0;
    const Entry* entry = nullptr;

    bool permits(AccessKind kind, Privilege privilege) const;
  };

  void update();
  Cell cell(std::uint32_t addr) const;

  std::array<Entry, kEntries> entries_{};
  unsigned used_ = 0;           ///< entries from here on match nothing
  bool binds_machine_ = false;  ///< some entry is locked
};

}  // namespace cairn::hart
