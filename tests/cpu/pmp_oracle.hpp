// The rules of physical memory protection byte by byte, and random settings for it.
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>

#include "models/cpu/hart_pmp.hpp"

namespace cairn::test {

using hart::AccessKind;
using hart::Pmp;
using hart::Privilege;

/// Of the random tests; printed.
inline std::uint32_t random_seed() {
  const char* given = std::getenv("CAIRN_SEED");
  const auto value = given != nullptr ? static_cast<std::uint32_t>(std::stoul(given)) : 37u;
  fmt::print("seed {} (CAIRN_SEED sets it)\n", value);
  return value;
}

/// The registers as written, and the manual's rules (3.7.1) for each byte by itself.
struct PmpOracle {
  std::array<std::uint8_t, 16> config{};
  std::array<std::uint32_t, 16> address{};

  bool locked(unsigned i) const { return config[i] >> 7 != 0; }
  bool is_tor(unsigned i) const { return (config[i] >> 3 & 3) == 1; }
  void write_config(unsigned i, std::uint8_t value) {
    if (locked(i)) return;
    const bool reserved = (value & 3) == 2;
    config[i] = value & (reserved ? 0x9d : 0x9f);
  }
  void write_address(unsigned i, std::uint32_t value) {
    if (locked(i) || (i < 15 && locked(i + 1) && is_tor(i + 1))) return;
    address[i] = value;
  }
  bool matches(unsigned i, std::uint32_t byte) const {
    const std::uint64_t word = byte / 4;
    const std::uint64_t wanted = address[i];
    switch (config[i] >> 3 & 3) {
      case 1:
        return word >= (i == 0 ? 0 : address[i - 1]) && word < wanted;
      case 2:
        return word == wanted;
      case 3: {
        const std::uint64_t ignored = wanted ^ (wanted + 1);
        return (word | ignored) == (wanted | ignored);
      }
      default:
        return false;
    }
  }
  std::optional<unsigned> entry(std::uint32_t byte) const {
    for (unsigned i = 0; i < 16; ++i)
      if (matches(i, byte)) return i;
    return std::nullopt;
  }
  bool permits(std::uint32_t byte, AccessKind kind, Privilege privilege) const {
    const std::optional<unsigned> found = entry(byte);
    if (!found) return privilege == Privilege::kMachine;
    if (privilege == Privilege::kMachine && !locked(*found)) return true;
    const unsigned bit = kind == AccessKind::kRead ? 0 : kind == AccessKind::kWrite ? 1 : 2;
    return (config[*found] >> bit & 1) != 0;
  }
  /// In user mode the lowest entry that matches a byte must match all of them.
  bool allows(std::uint32_t addr, unsigned bytes, AccessKind kind, Privilege privilege) const {
    for (unsigned i = 0; i < bytes; ++i) {
      if (!permits(addr + i, kind, privilege)) return false;
      if (privilege == Privilege::kUser && entry(addr + i) != entry(addr)) return false;
    }
    return true;
  }
};

/// Addresses close to zero, to the top, and to the 34-bit range above it.
class RandomPmp {
 public:
  explicit RandomPmp(std::uint32_t seed) : random_(seed) {}

  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
  std::uint32_t address_register() {
    switch (below(8)) {
      case 0:
        return 0x4000'0000u - below(16);
      case 1:
        return ~0u >> below(32);
      case 2:
        return static_cast<std::uint32_t>(random_());
      default:
        return below(32);
    }
  }
  std::uint8_t config() {
    const std::uint32_t lock = below(12) == 0 ? 0x80 : 0;
    return static_cast<std::uint8_t>((random_() & 0x7f) | lock);
  }
  std::uint32_t byte() { return below(8) == 0 ? 0u - below(64) - 1 : below(140); }
  /// Writes both by the same random CSR writes.
  void fill(Pmp& pmp, PmpOracle& oracle) {
    for (unsigned i = 0, writes = 4 + below(40); i < writes; ++i) {
      const unsigned entry = below(16);
      if (below(2) == 0) {
        const std::uint32_t value = address_register();
        pmp.write_address(entry, value);
        oracle.write_address(entry, value);
      } else {
        std::uint32_t word = pmp.config(entry / 4) & ~(0xffu << entry % 4 * 8);
        const std::uint8_t value = config();
        word |= std::uint32_t{value} << entry % 4 * 8;
        pmp.write_config(entry / 4, word);
        oracle.write_config(entry, value);
      }
    }
  }

 private:
  std::mt19937 random_;
};

}  // namespace cairn::test
