// A bench with one NPU, its memories and a command list: put features and blocks in, start, look at
// results and counters.
#pragma once

#include <algorithm>
#include <span>
#include <tuple>
#include <vector>

#include "models/bus/bus.hpp"
#include "models/memory/memory.hpp"
#include "models/npu/npu.hpp"
#include "models/npu/numbers/reference.hpp"
#include "npu_regs.hpp"
#include "tests/npu/commands.hpp"
#include "tests/npu/tile_block.hpp"
#include "tests/support/bench.hpp"

namespace cairn::test {

using numbers::test::Case;

/// By the reference kernels.
inline std::vector<std::int32_t> expected(const Case& c, std::uint64_t* overflows = nullptr) {
  std::vector<std::int32_t> out(static_cast<std::size_t>(c.layer.out.elements()));
  numbers::reference(c.layer, c.in, c.weights, c.table, out, overflows, c.second);
  return out;
}

/// Everything in one tile.
inline npu::Tile whole_layer(const numbers::Layer& l) {
  return {0, static_cast<std::uint32_t>(l.out.pixels()),
          0, static_cast<std::uint32_t>(l.out.channels),
          0, static_cast<std::uint32_t>(l.in.channels)};
}

class NpuBench : public Bench {
 protected:
  static constexpr std::uint64_t kDram = 0x8000'0000, kNpu = 0x4000'0000, kFeatures = 0x5000'0000,
                                 kWeights = 0x5080'0000, kBuffer = 0x50c0'0000;

  explicit NpuBench(const NpuOptions& options) : npu("npu0", options) {
    bus.connect(host.bus, "host");
    bus.connect(npu.master.bus, "npu0");
    bus.map(kDram, dram.bytes(), dram.bus);
    bus.map(kNpu, 0x1'0000, npu.bus);
    bus.map(kFeatures, npu.features.bytes(), npu.features.bus);
    bus.map(kWeights, npu.weights.bytes(), npu.weights.bus);
    bus.map(kBuffer, npu.buffer.bytes(), npu.buffer.bus);
    npu.irq.pin(irq);
    npu.on_tile = [this](const TileRecord& r) { records.push_back(r); };
  }

  static NpuOptions defaults() {
    NpuOptions options;
    options.geometry = npu::cores().front().defaults();
    return options;
  }

  /// All of the feature memory, or all of the buffer.
  npu::Ring all_features() const { return {job::Memory::kFeatures, 0, npu.features.bits()}; }
  npu::Ring all_buffer() const { return {job::Memory::kBuffer, 0, npu.buffer.bits()}; }

  /// Puts the tile's block at `at` into the weight SRAM; returns where the next one can begin.
  std::uint32_t put_block(const Case& c, const npu::Tile& tile, std::uint32_t at = 0) {
    const std::vector<std::uint8_t> block = tile_block(c, tile);
    std::ranges::copy(block, npu.weights.data().subspan(at).begin());
    return at + static_cast<std::uint32_t>(block.size());
  }
  void put_features(std::span<const std::int16_t> features, const numbers::FeatureType& type,
                    const npu::Ring& ring, std::uint64_t bit) {
    const std::vector<std::int32_t> wide(features.begin(), features.end());
    numbers::pack_features_ring(wide, type, bytes(ring), ring.bits, bit);
  }
  std::vector<std::int32_t> features(const numbers::Shape& shape, const numbers::FeatureType& type,
                                     const npu::Ring& ring, std::uint64_t bit) {
    std::vector<std::int32_t> out(static_cast<std::size_t>(shape.elements()));
    numbers::unpack_features_ring(bytes(ring), ring.bits, bit, type, out);
    return out;
  }

  /// The functions below are called from the body of run().
  void start(const std::vector<job::Command>& commands) {
    ASSERT_LE(commands.size() * sizeof commands[0], dram.bytes());
    std::ranges::copy(std::as_bytes(std::span(commands)),
                      std::as_writable_bytes(dram.data()).begin());
    write32(kNpu + npu_regs::commands::offset, kDram);
    write32(kNpu + npu_regs::command_count::offset, static_cast<std::uint32_t>(commands.size()));
    write32(kNpu + npu_regs::irq_enable::offset, 3);
    write32(kNpu + npu_regs::ctrl::offset, npu_regs::ctrl::start::mask);
  }
  void wait_for_irq() {
    if (!irq.read()) sc_core::wait(irq.posedge_event());
  }
  void clear_irq() {
    write32(kNpu + npu_regs::irq_status::offset, 3);
    sc_core::wait(sc_core::SC_ZERO_TIME);
    sc_core::wait(sc_core::SC_ZERO_TIME);
  }
  std::uint32_t error_code() { return read32(kNpu + npu_regs::error_code::offset); }
  /// Runs the commands to their end: the error code, 0 if there was none, and the error's command.
  std::pair<std::uint32_t, std::uint32_t> outcome(const std::vector<job::Command>& commands) {
    records.clear();
    start(commands);
    wait_for_irq();
    const std::uint32_t code = error_code();
    const std::pair result = {code,
                              code == 0 ? 0u : read32(kNpu + npu_regs::error_command::offset)};
    clear_irq();
    return result;
  }
  /// Until the NPU is at command `index` and computes.
  void wait_until_computing(std::uint32_t index) {
    while (npu.activity() != "computing command " + std::to_string(index)) {
      ASSERT_FALSE(irq.read()) << "the job has ended: " << npu.activity();
      sc_core::wait(1, sc_core::SC_NS);
    }
  }

  /// Of all tiles since the last call of outcome or start.
  npu::Counters total() const {
    npu::Counters sum;
    for (const TileRecord& r : records)
      sum.add(r.counters);
    return sum;
  }

  Bus bus{"bus"};
  Memory dram{"dram", MemoryOptions{.bytes = 1 << 18}};
  Npu npu;
  sc_core::sc_signal<bool> irq{"irq_line"};
  std::vector<TileRecord> records;

 private:
  std::span<std::uint8_t> bytes(const npu::Ring& ring) {
    BankedSram& memory = ring.memory == job::Memory::kFeatures ? npu.features : npu.buffer;
    return memory.data().subspan(ring.begin / 8, ring.bits / 8);
  }
};

}  // namespace cairn::test
