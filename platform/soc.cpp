#include "platform/soc.hpp"

#include <string>

#include "memory_map.hpp"

namespace cairn::platform {

namespace {

MemoryOptions memory_options(const MemoryConfig& config, bool read_only) {
  MemoryOptions options;
  options.bytes = config.bytes;
  options.latency = sc_core::sc_time(static_cast<double>(config.latency_ns), sc_core::SC_NS);
  options.bytes_per_second = config.bytes_per_second;
  options.read_only = read_only;
  return options;
}

/// The configuration speaks of time and bandwidth, the crossbar of cycles of a 16-byte path.
BusOptions bus_options(const BusConfig& config) {
  BusOptions options;
  options.width_bytes = 16;
  options.clock_hz = config.bytes_per_second / options.width_bytes;
  const kit::Clock clock(options.clock_hz);
  options.latency_cycles = static_cast<unsigned>(
      clock.cycles_at(sc_core::sc_time(static_cast<double>(config.latency_ns), sc_core::SC_NS)));
  return options;
}

cairn::CpuConfig cpu_options(const CpuConfig& config) {
  cairn::CpuConfig options;
  options.frequency_hz = config.clock_hz;
  options.quantum = sc_core::sc_time(static_cast<double>(config.quantum_ns), sc_core::SC_NS);
  options.hart = config.hart;
  return options;
}

NpuOptions npu_options(const NpuConfig& config, const PowerConfig& power) {
  NpuOptions options;
  options.core = config.core;
  options.geometry = config.geometry;
  options.points.clear();
  for (const npu::OperatingPoint& point : config.points)
    options.points.push_back({point.clock_hz, point.millivolt});
  options.first_point = config.first_point;
  options.settle = sc_core::sc_time(static_cast<double>(power.settle_ns), sc_core::SC_NS);
  options.feature_banks = config.feature_banks;
  options.weight_banks = config.weight_banks;
  options.arithmetic = config.arithmetic;
  return options;
}

std::vector<Power::Controlled> domains_of(sc_core::sc_vector<Npu>& npus) {
  std::vector<Power::Controlled> domains;
  for (Npu& npu : npus)
    domains.push_back({npu.basename(), &npu.domain});
  return domains;
}

}  // namespace

Soc::Soc(sc_core::sc_module_name name, const MachineConfig& config)
    : sc_module(name),
      bus("bus", bus_options(config.bus)),
      dram("dram", memory_options(config.dram, false)),
      flash("flash", memory_options(config.flash, true)),
      cpu0("cpu0", cpu_options(config.cpu0)),
      npus("npu", config.npus.size(),
           [&](const char*, std::size_t n) {
             return new Npu(("npu" + std::to_string(n)).c_str(),
                            npu_options(config.npus[n], config.power0));
           }),
      dma0("dma0", static_cast<unsigned>(config.npus.size())),
      power0("power0", domains_of(npus)),
      npu_irqs_("npu_irq", config.npus.size()) {
  connect_initiators();
  map_targets();
  connect_interrupts();
}

void Soc::connect_initiators() {
  bus.connect(cpu0.bus, "cpu0");
  bus.connect(dma0.master, "dma0");
  for (std::size_t n = 0; n < npus.size(); ++n) {
    bus.connect(npus[n].master.bus, "npu" + std::to_string(n));
    dma0.bind_tokens(static_cast<unsigned>(n), npus[n].tokens);
  }
  cpu0.mtime = [this] { return clint.mtime(sc_core::sc_time_stamp()); };
  cpu0.on_dmi_accesses = [this](const DmiAccesses& accesses) {
    Memory& memory = accesses.base == memory_map::flash.base ? flash : dram;
    memory.post_dmi({accesses.reads, accesses.writes, accesses.read_bytes, accesses.write_bytes});
  };
}

void Soc::map_targets() {
  bus.map(memory_map::dram.base, dram.bytes(), dram.bus);
  bus.map(memory_map::flash.base, flash.bytes(), flash.bus);
  bus.map(memory_map::clint.base, memory_map::clint.size, clint.bus);
  bus.map(memory_map::plic.base, memory_map::plic.size, plic.bus);
  bus.map(memory_map::uart0.base, memory_map::uart0.size, uart0.bus);
  bus.map(memory_map::finisher.base, memory_map::finisher.size, finisher.bus);
  bus.map(memory_map::dma0.base, memory_map::dma0.size, dma0.bus);
  bus.map(memory_map::power0.base, memory_map::power0.size, power0.bus);
  for (std::uint32_t n = 0; n < npus.size(); ++n) {
    bus.map(memory_map::npu.base(n), memory_map::npu.size(), npus[n].bus);
    bus.map(memory_map::npu_features.base(n), npus[n].features.bytes(), npus[n].features.bus);
    bus.map(memory_map::npu_weights.base(n), npus[n].weights.bytes(), npus[n].weights.bus);
    bus.map(memory_map::npu_buffer.base(n), npus[n].buffer.bytes(), npus[n].buffer.bus);
  }
}

void Soc::connect_interrupts() {
  clint.software.pin(software_irq_);
  clint.timer.pin(timer_irq_);
  plic.external.pin(external_irq_);
  cpu0.msip(software_irq_);
  cpu0.mtip(timer_irq_);
  cpu0.meip(external_irq_);

  uart0.irq.pin(uart_irq_);
  plic.source[memory_map::uart0.irq](uart_irq_);
  dma0.irq.pin(dma_irq_);
  plic.source[memory_map::dma0.irq](dma_irq_);
  for (std::uint32_t n = 0; n < npus.size(); ++n) {
    npus[n].irq.pin(npu_irqs_[n]);
    plic.source[memory_map::npu.irq(n)](npu_irqs_[n]);
  }
}

}  // namespace cairn::platform
