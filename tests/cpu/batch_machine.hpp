// A hart with the devices that random programs use: RAM, CLINT's msip, the finisher. No SystemC.
#pragma once

#include <cstdint>
#include <cstring>

#include "models/cpu/hart.hpp"
#include "tests/cpu/program_batch.hpp"

namespace cairn::test {

class BatchMachine : private hart::HartBus {
 public:
  BatchMachine(const Memory& image, const hart::HartConfig& config)
      : ram(image), hart(*this, config) {
    hart.add_region({.base = kBatchRamBase,
                     .bytes = ram.size(),
                     .host = ram.data(),
                     .readable = true,
                     .writable = true,
                     .read_cycles = 3,
                     .write_cycles = 2,
                     .fetch_cycles = 1});
    hart.reset(kBatchRamBase, 0, 0);
  }

  /// Runs to the write to the finisher; false if the hart halts or `cycles` are over before.
  /// `slice()`: the length of each call of run(), in cycles.
  template <typename Slice>
  [[nodiscard]] bool run(std::uint64_t cycles, Slice slice) {
    while (!finished_ && hart.cycle() < cycles) {
      hart.set_interrupt_lines(msip_ ? hart::kSoftwareInterrupt : 0);
      if (hart.run(hart.cycle() + slice()) == hart::Stop::kHalted) return false;
    }
    return finished_;
  }

 private:
  static constexpr std::uint32_t kMsip = 0x0200'0000, kMtimecmp = 0x0200'4000;
  static constexpr std::uint32_t kFinisher = 0x0010'0000;
  static constexpr std::uint64_t kBusCycles = 5;

  bool in_ram(std::uint32_t addr, unsigned bytes) const {
    return addr >= kBatchRamBase && addr - kBatchRamBase + std::uint64_t{bytes} <= ram.size();
  }
  hart::BusAnswer fetch(std::uint32_t addr, unsigned bytes, std::uint64_t cycle) override {
    return load(addr, bytes, cycle);
  }
  hart::BusAnswer load(std::uint32_t addr, unsigned bytes, std::uint64_t cycle) override {
    hart::BusAnswer answer{.ok = in_ram(addr, bytes), .end = cycle + kBusCycles, .value = 0};
    if (answer.ok) std::memcpy(&answer.value, &ram[addr - kBatchRamBase], bytes);
    return answer;
  }
  hart::BusAnswer store(std::uint32_t addr, unsigned bytes, std::uint32_t value,
                        std::uint64_t cycle) override {
    hart::BusAnswer answer{.ok = true, .end = cycle + kBusCycles, .value = 0};
    if (in_ram(addr, bytes))
      std::memcpy(&ram[addr - kBatchRamBase], &value, bytes);
    else if (addr == kMsip)
      msip_ = (value & 1) != 0;
    else if (addr == kFinisher)
      finished_ = true;
    else if (addr != kMtimecmp && addr != kMtimecmp + 4)
      answer.ok = false;
    return answer;
  }
  hart::BusAnswer time(std::uint64_t cycle) override {
    return {.ok = true, .end = cycle, .value = 0};
  }

  bool msip_ = false;
  bool finished_ = false;

 public:
  Memory ram;
  hart::Hart hart;
};

}  // namespace cairn::test
