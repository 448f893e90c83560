// Memory that the hart reads and writes through a host pointer, and how often it did.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace cairn::hart {

/// Counts of accesses; index: log2 of the access size in bytes.
struct DirectAccesses {
  std::array<std::uint64_t, 3> reads{};
  std::array<std::uint64_t, 3> writes{};
  std::uint64_t fetches = 0;
  std::uint64_t fetch_bytes = 0;

  std::uint64_t read_count() const { return reads[0] + reads[1] + reads[2] + fetches; }
  std::uint64_t write_count() const { return writes[0] + writes[1] + writes[2]; }
  std::uint64_t read_bytes() const { return reads[0] + 2 * reads[1] + 4 * reads[2] + fetch_bytes; }
  std::uint64_t write_bytes() const { return writes[0] + 2 * writes[1] + 4 * writes[2]; }

  DirectAccesses& operator+=(const DirectAccesses& other);
};

/// One window of host memory. The latencies are cycles per access, on top of the instruction's own.
struct DirectRegion {
  std::uint32_t base = 0;
  std::uint64_t bytes = 0;  ///< base + bytes never passes 2^32
  std::uint8_t* host = nullptr;
  bool readable = false;
  bool writable = false;
  std::uint32_t read_cycles = 0;
  std::uint32_t write_cycles = 0;
  std::uint32_t fetch_cycles = 0;  ///< per instruction, or per line filled where there is a cache
  DirectAccesses accesses{};

  bool contains(std::uint32_t addr, std::uint64_t size) const {
    return std::uint64_t{addr - base} + size <= bytes;
  }
};

enum class AccessKind { kRead, kWrite, kFetch };

/// The part of a direct region that every access of one kind may use without any check.
struct DirectWindow {
  std::uint32_t base = 0;
  std::uint64_t bytes = 0;       ///< zero: closed
  std::uint8_t* host = nullptr;  ///< of `base`
  DirectRegion* region = nullptr;

  bool contains(std::uint32_t addr, std::uint64_t size) const {
    return std::uint64_t{addr - base} + size <= bytes;
  }
  bool operator==(const DirectWindow&) const = default;
};

/// The windows of one kind that were opened last: accesses that alternate between a stack, data
/// and tables with different permissions find theirs here.
class RecentWindows {
 public:
  /// Null if no window of these holds the access.
  const DirectWindow* find(std::uint32_t addr, std::uint64_t size) const {
    for (const DirectWindow& window : windows_)
      if (window.contains(addr, size)) return &window;
    return nullptr;
  }
  void add(const DirectWindow& window) { windows_[next_++ % windows_.size()] = window; }
  void clear() { windows_.fill({}); }

 private:
  std::array<DirectWindow, 8> windows_{};
  std::size_t next_ = 0;
};

/// The direct regions of one hart; they never overlap.
class RegionList {
 public:
  /// Replaces whatever it overlaps, with the accesses counted there: take them before.
  void add(const DirectRegion& region);
  /// Removes every region that touches first..last (inclusive).
  void remove(std::uint32_t first, std::uint32_t last);

  /// The accesses since the last take, which begin again at zero.
  DirectAccesses take(DirectRegion& region);
  /// All accesses ever, taken or not.
  DirectAccesses total() const;

  /// The region that holds all of addr..addr+size-1; null where there is none. Pointers stay valid
  /// until the next add or remove.
  DirectRegion* find(std::uint32_t addr, std::uint64_t size);
  std::vector<DirectRegion>& all() { return regions_; }

 private:
  std::vector<DirectRegion> regions_;
  DirectAccesses taken_;  // and those of regions that are gone
};

}  // namespace cairn::hart
