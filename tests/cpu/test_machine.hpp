// A hart with RAM, a UART, a finisher and half a CLINT at the addresses of QEMU's virt board; no
// SystemC.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "models/cpu/hart.hpp"

namespace cairn::test {

inline constexpr std::uint32_t kRamBase = 0x8000'0000;
inline constexpr std::uint32_t kUart = 0x1000'0000;
inline constexpr std::uint32_t kFinisher = 0x0010'0000;
inline constexpr std::uint32_t kClint = 0x0200'0000;
/// Of mtimecmp: its time is never if all bits are set, else it has come.
inline constexpr std::uint32_t kClintTimeHigh = kClint + 0x4004;
inline constexpr std::uint32_t kUnmapped = 0x9000'0000;

/// All instructions cost one cycle; a bus access takes `bus_cycles`.
struct TestMachine : hart::HartBus {
  static constexpr std::uint64_t kBusCycles = 10;

  static hart::HartConfig one_cycle_each() {
    hart::HartConfig config;
    config.costs = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1};
    return config;
  }

  explicit TestMachine(const hart::HartConfig& config = one_cycle_each(),
                       std::uint32_t ram_bytes = 1 << 20)
      : ram(ram_bytes), hart(*this, config) {
    hart.add_region(ram_region());
    hart.reset(kRamBase, 0, 0);
  }

  hart::DirectRegion ram_region() {
    return {.base = kRamBase,
            .bytes = ram.size(),
            .host = ram.data(),
            .readable = true,
            .writable = true};
  }

  void put(std::uint32_t addr, std::uint32_t word) { std::memcpy(&ram[addr - kRamBase], &word, 4); }
  void put_half(std::uint32_t addr, std::uint16_t half) {
    std::memcpy(&ram[addr - kRamBase], &half, 2);
  }
  std::uint32_t get(std::uint32_t addr) const {
    std::uint32_t word = 0;
    std::memcpy(&word, &ram[addr - kRamBase], 4);
    return word;
  }
  void program(std::initializer_list<std::uint32_t> words, std::uint32_t addr = kRamBase) {
    for (const std::uint32_t word : words) {
      put(addr, word);
      addr += 4;
    }
  }
  /// Executes `count` instructions that cost one cycle each.
  hart::Stop run(std::uint64_t count) { return hart.run(hart.cycle() + count); }

  hart::BusAnswer fetch(std::uint32_t addr, unsigned bytes, std::uint64_t cycle) override {
    return load(addr, bytes, cycle);
  }
  hart::BusAnswer load(std::uint32_t addr, unsigned bytes, std::uint64_t cycle) override {
    accesses.push_back({addr, cycle});
    hart::BusAnswer answer{.ok = false, .end = cycle + kBusCycles, .value = 0};
    if (addr >= kRamBase && addr - kRamBase + std::uint64_t{bytes} <= ram.size()) {
      answer.ok = true;
      std::memcpy(&answer.value, &ram[addr - kRamBase], bytes);
    } else if (addr - kUart < 8 && bytes == 1) {
      answer = {.ok = true, .end = cycle + kBusCycles, .value = addr == kUart + 5 ? 0x60u : 0u};
    }
    return answer;
  }
  hart::BusAnswer store(std::uint32_t addr, unsigned bytes, std::uint32_t value,
                        std::uint64_t cycle) override {
    accesses.push_back({addr, cycle});
    hart::BusAnswer answer{.ok = true, .end = cycle + kBusCycles, .value = 0};
    if (addr >= kRamBase && addr - kRamBase + std::uint64_t{bytes} <= ram.size())
      std::memcpy(&ram[addr - kRamBase], &value, bytes);
    else if (addr == kUart && bytes == 1)
      text.push_back(static_cast<char>(value));
    else if (addr == kFinisher)
      finished = value;
    else if (addr == kClint)
      set_line(hart::kSoftwareInterrupt, value != 0);
    else if (addr == kClintTimeHigh)
      set_line(hart::kTimerInterrupt, value != ~0u);
    else
      answer.ok = false;
    return answer;
  }
  void set_line(std::uint32_t line, bool level) {
    lines = level ? lines | line : lines & ~line;
    hart.set_interrupt_lines(lines);
  }
  hart::BusAnswer time(std::uint64_t cycle) override {
    return {.ok = true, .end = cycle, .value = mtime};
  }

  std::vector<std::uint8_t> ram;
  hart::Hart hart;
  std::string text;            ///< what the UART sent
  std::uint32_t finished = 0;  ///< what was written to the finisher
  std::uint64_t mtime = 0;
  std::uint32_t lines = 0;  ///< of interrupts, as the program set them
  std::vector<std::pair<std::uint32_t, std::uint64_t>> accesses;  ///< address and cycle
};

}  // namespace cairn::test
