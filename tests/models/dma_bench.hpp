// A DMA with two channels between two memories: where its tests take place.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "job_format.hpp"  // generated
#include "models/bus/bus.hpp"
#include "models/dma/dma.hpp"
#include "models/kit/tokens.hpp"
#include "models/memory/memory.hpp"
#include "tests/support/bench.hpp"

namespace cairn::test {

/// `dram` moves one byte a nanosecond, `sram` too; neither has latency, the bus costs nothing much.
class DmaBench : public Bench {
 protected:
  static constexpr std::uint32_t kDram = 0x8000'0000, kDramBytes = 0x40'0000;
  static constexpr std::uint32_t kSram = 0x5000'0000, kSramBytes = 0x10'0000;
  static constexpr std::uint32_t kDma = 0x4100'0000;
  static constexpr std::uint32_t kList = kDram + 0x10'0000;
  static constexpr std::uint32_t kNowhere = 0x1000;

  Bus bus{"bus"};
  Memory dram{"dram", one_byte_a_nanosecond(kDramBytes)};
  Memory sram{"sram", one_byte_a_nanosecond(kSramBytes)};
  Dma dma{"dma0", 2};
  kit::Tokens tokens;
  sc_core::sc_signal<bool> irq{"irq_line"};

  DmaBench() {
    bus.connect(host.bus, "host");
    bus.connect(dma.master, "dma0");
    bus.map(kDram, kDramBytes, dram.bus);
    bus.map(kSram, kSramBytes, sram.bus);
    bus.map(kDma, dma_regs::kBlockBytes, dma.bus);
    dma.irq.pin(irq);
    dma.bind_tokens(0, tokens);
  }

  template <typename Reg>
  std::uint32_t get(unsigned channel = 0) {
    return read32(kDma + Reg::offset(channel));
  }
  template <typename Reg>
  void set(std::uint32_t value, unsigned channel = 0) {
    write32(kDma + Reg::offset(channel), value);
  }

  /// One row of `bytes` from DRAM to SRAM, both at offset 0, with absolute addresses.
  static job::Descriptor row(std::uint32_t bytes) {
    job::Descriptor d{};
    d.source_offset = kDram;
    d.target_offset = kSram;
    d.row_bytes = bytes;
    d.rows = 1;
    d.planes = 1;
    return d;
  }

  /// Lays out `list` at `address` (chained one after the other) without taking time.
  void place(std::vector<job::Descriptor> list, std::uint32_t address = kList) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i + 1 < list.size()) list[i].next = static_cast<std::uint32_t>(64 * (i + 1));
      std::memcpy(&dram.data()[address - kDram + 64 * i], &list[i], 64);
    }
  }

  void start(unsigned channel = 0, std::uint32_t list = kList, std::uint32_t limit = 100) {
    set<dma_regs::list>(list, channel);
    set<dma_regs::limit>(limit, channel);
    set<dma_regs::irq_enable>(7, channel);
    set<dma_regs::ctrl>(1, channel);
  }

  void wait_for_irq() {
    if (!irq.read()) sc_core::wait(irq.posedge_event());
  }

  /// Starts `list` on channel 0 and waits for its interrupt.
  void execute(const std::vector<job::Descriptor>& list) {
    set<dma_regs::irq_status>(7);
    sc_core::wait(sc_core::sc_time(1, sc_core::SC_NS));  // the line falls
    place(list);
    start();
    wait_for_irq();
  }

  void expect_error(dma_regs::error_code::CodeValue code, std::uint32_t address,
                    std::uint32_t index) {
    EXPECT_EQ(get<dma_regs::irq_status>(), 2u) << "error, and neither done nor block";
    EXPECT_EQ(get<dma_regs::error_code>(), code);
    EXPECT_EQ(get<dma_regs::error_address>(), address);
    EXPECT_EQ(get<dma_regs::error_index>(), index);
    EXPECT_EQ(get<dma_regs::status>() & 1u, 0u) << "still busy";
  }

  static MemoryOptions one_byte_a_nanosecond(std::uint64_t bytes) {
    return {.bytes = bytes, .latency = sc_core::SC_ZERO_TIME, .bytes_per_second = 1'000'000'000};
  }

  static void fill(Memory& memory, std::uint32_t bytes) {
    for (std::uint32_t i = 0; i < bytes; ++i)
      memory.data()[i] = static_cast<std::uint8_t>(i * 7 + 1);
  }
};

}  // namespace cairn::test
