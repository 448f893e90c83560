#include "tests/firmware/infer_bench.hpp"

#include <algorithm>

#include "firmware/hal/crc32.h"

namespace cairn::test {

InferBench::InferBench() {
  bus.connect(host.bus, "host");
  bus.connect(cpu.bus, "cpu0");
  bus.connect(npu.master.bus, "npu0");
  bus.connect(dma.master, "dma0");
  map_targets();
  connect_interrupts();
  dma.bind_tokens(0, npu.tokens);
  cpu.mtime = [this] { return clint.mtime(sc_core::sc_time_stamp()); };
  uart.on_transmit([this](char c) { printed += c; });
  finisher.on_finish([this](const Finish& f) {
    end = f;
    ended.notify();
  });

  info.magic = bootinfo::kMagic;
  info.version = bootinfo::kVersion;
  info.job_address = kImage;
  info.job_bytes = sizeof image;
  info.input_address = kInput;
  info.output_address = kOutput;
  info.input_stride = info.output_stride = kStride;
  info.count = 3;

  image.header.magic = job::kMagic;
  image.header.version = job::kVersion;
  image.header.core = npu_options().geometry.core_id;
  image.header.geometry_hash = npu_options().geometry.hash();
  image.header.image_bytes = sizeof image;
  image.header.command_offset = 64;
  image.header.descriptor_offset = 128;
  image.header.command_count = image.header.descriptor_count = 1;
  image.header.input_bytes = image.header.output_bytes = kBytes;
  image.command.kind = static_cast<std::uint8_t>(job::Kind::kBarrier);
  image.command.wait_count = 1;
  image.descriptor.source_base = static_cast<std::uint8_t>(job::Base::kInput);
  image.descriptor.target_base = static_cast<std::uint8_t>(job::Base::kOutput);
  image.descriptor.row_bytes = kBytes;
  image.descriptor.rows = image.descriptor.planes = 1;
  image.descriptor.signal_count = 1;
  seal();
}

void InferBench::map_targets() {
  bus.map(kDram, kDramBytes, dram.bus);
  bus.map(memory_map::clint.base, memory_map::clint.size, clint.bus);
  bus.map(memory_map::plic.base, memory_map::plic.size, plic.bus);
  bus.map(memory_map::uart0.base, memory_map::uart0.size, uart.bus);
  bus.map(memory_map::finisher.base, memory_map::finisher.size, finisher.bus);
  bus.map(memory_map::npu.base(0), memory_map::npu.size(), npu.bus);
  bus.map(memory_map::dma0.base, memory_map::dma0.size, dma.bus);
  bus.map(memory_map::npu_features.base(0), npu.features.bytes(), npu.features.bus);
  bus.map(memory_map::npu_weights.base(0), npu.weights.bytes(), npu.weights.bus);
  bus.map(memory_map::npu_buffer.base(0), npu.buffer.bytes(), npu.buffer.bus);
}

void InferBench::connect_interrupts() {
  clint.software.pin(software_);
  clint.timer.pin(timer_);
  plic.external.pin(external_);
  cpu.msip(software_);
  cpu.mtip(timer_);
  cpu.meip(external_);
  uart.irq.pin(uart_irq_);
  npu.irq.pin(npu_irq_);
  dma.irq.pin(dma_irq_);
  plic.source[memory_map::uart0.irq](uart_irq_);
  plic.source[memory_map::npu.irq(0)](npu_irq_);
  plic.source[memory_map::dma0.irq](dma_irq_);
}

void InferBench::seal() {
  crc32_t crc{};
  crc32_init(&crc);
  image.header.crc = 0;
  image.header.crc = ~crc32_update(&crc, CRC32_START, &image, sizeof image);
}

std::uint32_t InferBench::load_firmware() {
  const platform::ElfFile elf = platform::read_elf(CAIRN_INFER_ELF);
  for (const platform::Segment& segment : elf.segments)
    std::ranges::copy(segment.bytes, at(segment.address));  // may be empty: bss alone
  return elf.entry;
}

bool InferBench::is_parked() {
  return cpu.waiting_for_interrupt() && cpu.hart().csr(hart::csr::kMie) == 0;
}

void InferBench::execute(std::uint32_t a1) {
  const std::uint32_t entry = load_firmware();
  std::memcpy(at(kImage), &image, sizeof image);
  std::memcpy(at(kInfo), &info, sizeof info);
  cpu.reset(entry, 0, a1);
  run(
      [this] {
        while (!end && !is_parked())
          sc_core::wait(sc_core::sc_time(10, sc_core::SC_US), ended);
      },
      sc_core::sc_time(10, sc_core::SC_MS));
  std::memcpy(&info, at(kInfo), sizeof info);
}

}  // namespace cairn::test
