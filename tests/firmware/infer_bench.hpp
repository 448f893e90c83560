// The inference firmware as it is cross-compiled, on the real hart, NPU, DMA, bus and devices.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "bootinfo_format.hpp"  // generated
#include "job_format.hpp"       // generated
#include "memory_map.hpp"       // generated
#include "models/bus/bus.hpp"
#include "models/clint/clint.hpp"
#include "models/cpu/cpu.hpp"
#include "models/dma/dma.hpp"
#include "models/finisher/finisher.hpp"
#include "models/memory/memory.hpp"
#include "models/npu/npu.hpp"
#include "models/plic/plic.hpp"
#include "models/uart/uart.hpp"
#include "platform/loader/elf_file.hpp"
#include "tests/support/bench.hpp"

namespace cairn::test {

/// One command, a barrier that waits until the one descriptor has copied the input to the output.
struct InferImage {
  job::Header header{};
  job::Command command{};
  job::Descriptor descriptor{};
};
static_assert(sizeof(InferImage) == 192);

class InferBench : public Bench {
 protected:
  static constexpr std::uint32_t kDram = memory_map::dram.base, kDramBytes = 1 << 20;
  static constexpr std::uint32_t kInfo = kDram + kDramBytes - bootinfo::kWindowBytes;
  static constexpr std::uint32_t kImage = kDram + 0x8'0000;
  static constexpr std::uint32_t kInput = kDram + 0x9'0000, kOutput = kDram + 0xa'0000;
  static constexpr std::uint32_t kBytes = 32, kStride = 64;

  Bus bus{"bus"};
  Memory dram{"dram", MemoryOptions{.bytes = kDramBytes}};
  Cpu cpu{"cpu0", CpuConfig{}};
  Clint clint{"clint"};
  Plic plic{"plic"};
  Uart uart{"uart0"};
  Finisher finisher{"finisher"};
  Npu npu{"npu0", npu_options()};
  Dma dma{"dma0", 1};

  bootinfo::Bootinfo info{};
  InferImage image{};
  std::string printed;
  std::optional<Finish> end;
  sc_core::sc_event ended;

  InferBench();

  static NpuOptions npu_options() {
    NpuOptions options;
    options.geometry = npu::cores().front().defaults();
    return options;
  }

  /// Sets the image's CRC.
  void seal();

  /// Loads firmware, `image` and `info` as they are, runs until the firmware ends or parks the
  /// hart, and reads `info` back.
  void execute(std::uint32_t a1 = kInfo);
  /// Nothing wakes the hart any more.
  bool is_parked();

  std::uint8_t* at(std::uint32_t address) { return &dram.data()[address - kDram]; }

 private:
  void map_targets();
  void connect_interrupts();
  std::uint32_t load_firmware();  ///< returns its entry

  sc_core::sc_signal<bool> software_{"software"}, timer_{"timer"}, external_{"external"};
  sc_core::sc_signal<bool> uart_irq_{"uart_irq"}, npu_irq_{"npu_irq"}, dma_irq_{"dma_irq"};
};

}  // namespace cairn::test
