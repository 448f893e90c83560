// A bench with one NPU, its memories and a command list: put layers in, start, look at results and
// counters.
#pragma once

#include <algorithm>
#include <random>
#include <span>
#include <vector>

#include "job_format.hpp"
#include "models/bus/bus.hpp"
#include "models/memory/memory.hpp"
#include "models/npu/npu.hpp"
#include "models/npu/numbers/packing.hpp"
#include "models/npu/numbers/reference.hpp"
#include "npu_regs.hpp"
#include "tests/support/bench.hpp"

namespace cairn::test {

/// Random operands of one layer.
struct Operands {
  std::vector<std::int16_t> in;
  std::vector<std::int8_t> weights;
  numbers::Table table;

  std::vector<std::int32_t> expected(const numbers::Layer& layer) const {
    std::vector<std::int32_t> out(static_cast<std::size_t>(layer.out.elements()));
    numbers::reference(layer, in, weights, table, out, nullptr);
    return out;
  }
};

inline Operands random_operands(const numbers::Layer& layer, std::mt19937& random) {
  const auto between = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  Operands o;
  o.in.resize(static_cast<std::size_t>(layer.in.elements()));
  for (auto& q : o.in)
    q = static_cast<std::int16_t>(between(layer.in_type.low(), layer.in_type.high()));
  o.weights.resize(static_cast<std::size_t>(layer.weight_count()));
  const int half = layer.weight_bits > 0 ? 1 << (layer.weight_bits - 1) : 0;
  for (auto& w : o.weights)
    w = static_cast<std::int8_t>(between(-half, half - 1));
  const auto channels = static_cast<std::size_t>(layer.out.channels);
  if (layer.requantisation == numbers::Requantisation::thresholds) {
    const std::size_t count = (std::size_t{1} << layer.out_type.bits) - 1;
    for (std::size_t c = 0; c < channels; ++c) {
      std::vector<std::int32_t> steps(count);
      for (auto& t : steps)
        t = between(-400, 400);
      std::ranges::sort(steps);
      o.table.thresholds.insert(o.table.thresholds.end(), steps.begin(), steps.end());
      o.table.descending.push_back(static_cast<std::uint8_t>(between(0, 1)));
    }
  } else {
    o.table.bias.resize(channels);
    for (auto& b : o.table.bias)
      b = between(-100, 100);
  }
  return o;
}

class NpuBench : public Bench {
 protected:
  static constexpr std::uint64_t kDram = 0x8000'0000, kNpu = 0x4000'0000, kFeatures = 0x5000'0000,
                                 kWeights = 0x5080'0000;

  explicit NpuBench(const NpuOptions& options) : npu("npu0", options) {
    bus.connect(host.bus, "host");
    bus.connect(npu.master.bus, "npu0");
    bus.map(kDram, dram.bytes(), dram.bus);
    bus.map(kNpu, 0x1'0000, npu.bus);
    bus.map(kFeatures, npu.features.bytes(), npu.features.bus);
    bus.map(kWeights, npu.weights.bytes(), npu.weights.bus);
    npu.irq.pin(irq);
    npu.on_layer = [this](const LayerRecord& r) { records.push_back(r); };
  }

  static NpuOptions defaults() {
    NpuOptions options;
    options.geometry = npu::cores().front().defaults();
    return options;
  }

  /// The command for a layer whose block lies at `block` in the weight SRAM.
  static job::Command command_of(const numbers::Layer& l, std::uint32_t in_offset,
                                 std::uint32_t out_offset, std::uint32_t block = 0) {
    job::Command c{};
    c.op = static_cast<std::uint8_t>(l.op);
    c.flags =
        static_cast<std::uint8_t>((l.in_type.is_signed ? 1 : 0) | (l.out_type.is_signed ? 2 : 0));
    c.in_h = static_cast<std::uint16_t>(l.in.height);
    c.in_w = static_cast<std::uint16_t>(l.in.width);
    c.in_c = static_cast<std::uint16_t>(l.in.channels);
    c.out_h = static_cast<std::uint16_t>(l.out.height);
    c.out_w = static_cast<std::uint16_t>(l.out.width);
    c.out_c = static_cast<std::uint16_t>(l.out.channels);
    c.kernel_h = static_cast<std::uint8_t>(l.kernel_h);
    c.kernel_w = static_cast<std::uint8_t>(l.kernel_w);
    c.stride_h = static_cast<std::uint8_t>(l.stride_h);
    c.stride_w = static_cast<std::uint8_t>(l.stride_w);
    c.pad_top = static_cast<std::uint8_t>(l.pad_top);
    c.pad_left = static_cast<std::uint8_t>(l.pad_left);
    c.in_bits = static_cast<std::uint8_t>(l.in_type.bits);
    c.out_bits = static_cast<std::uint8_t>(l.out_type.bits);
    c.in_zero = static_cast<std::int16_t>(l.in_type.zero_point);
    c.out_zero = static_cast<std::int16_t>(l.out_type.zero_point);
    c.weight_bits = static_cast<std::uint8_t>(l.weight_bits);
    c.requantisation = static_cast<std::uint8_t>(l.requantisation);
    c.in_offset = in_offset;
    c.out_offset = out_offset;
    c.weights_offset = block;
    c.table_offset = block + static_cast<std::uint32_t>(numbers::weight_bytes(l));
    return c;
  }

  void put_block(const numbers::Layer& l, const Operands& o, std::uint32_t block = 0) {
    const std::size_t weight_bytes = numbers::weight_bytes(l);
    auto bytes = npu.weights.data().subspan(block);
    numbers::pack_weights(o.weights, l, bytes.first(weight_bytes));
    numbers::pack_table(o.table, l, bytes.subspan(weight_bytes));
  }
  void put_input(const numbers::Layer& l, const Operands& o, std::uint64_t bit) {
    const std::vector<std::int32_t> wide(o.in.begin(), o.in.end());
    numbers::pack_features_ring(wide, l.in_type, npu.features.data(), npu.features.bits(), bit);
  }
  std::vector<std::int32_t> output(const numbers::Layer& l, std::uint64_t bit) {
    std::vector<std::int32_t> out(static_cast<std::size_t>(l.out.elements()));
    numbers::unpack_features_ring(npu.features.data(), npu.features.bits(), bit, l.out_type, out);
    return out;
  }

  /// Call from the body of run().
  void start(const std::vector<job::Command>& commands) {
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
  std::uint32_t error_code() { return read32(kNpu + npu_regs::error_code::offset); }

  Bus bus{"bus"};
  Memory dram{"dram", MemoryOptions{.bytes = 1 << 16}};
  Npu npu;
  sc_core::sc_signal<bool> irq{"irq_line"};
  std::vector<LayerRecord> records;
};

}  // namespace cairn::test
