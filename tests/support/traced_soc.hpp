// A small made-up platform for tests of the waves: the rows of a real one, no behaviour.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "models/kit/trace.hpp"

namespace cairn::test {

namespace trace = kit::trace;

constexpr std::array kHartStates{"running", "waiting for interrupt", "trap"};
constexpr std::array kNpuStates{"idle", "fetch", "load weights", "compute", "store", "done"};
constexpr std::array kDmaStates{"idle", "descriptor", "copy", "wait token"};
constexpr std::array kCommands{"none", "read", "write"};
constexpr std::array kTargets{"none", "dram", "flash", "npu0", "dma0", "uart0"};
constexpr std::array kResponses{"none", "OK", "address error", "burst error"};

struct TracedCpu : sc_core::sc_module {
  explicit TracedCpu(sc_core::sc_module_name name) : sc_module(name) {}
  trace::Vector pc{"pc", 32};
  trace::Text function{"function"};
  trace::Enumeration state{"state", kHartStates};
};

struct TracedInitiator : sc_core::sc_module {
  explicit TracedInitiator(sc_core::sc_module_name name) : sc_module(name) {}
  trace::Enumeration command{"command", kCommands};
  trace::Vector address{"address", 32};
  trace::Enumeration target{"target", kTargets};
  trace::Vector bytes{"bytes", 16, {.format = trace::Format::kDecimal}};
  trace::Enumeration status{"status", kResponses};
};

struct TracedBus : sc_core::sc_module {
  explicit TracedBus(sc_core::sc_module_name name) : sc_module(name) {}
  TracedInitiator cpu0{"cpu0"};
  TracedInitiator dma0{"dma0"};
};

struct TracedDmaChannel : sc_core::sc_module {
  explicit TracedDmaChannel(sc_core::sc_module_name name) : sc_module(name) {}
  trace::Enumeration state{"state", kDmaStates};
  trace::Vector row{"row", 16, {.format = trace::Format::kDecimal}};
};

struct TracedDma : sc_core::sc_module {
  explicit TracedDma(sc_core::sc_module_name name) : sc_module(name) {}
  TracedDmaChannel ch0{"ch0"};
  trace::Bit irq{"irq"};
};

struct TracedMemory : sc_core::sc_module {
  explicit TracedMemory(sc_core::sc_module_name name) : sc_module(name) {}
  trace::Vector occupancy{"occupancy", 24, {.format = trace::Format::kAnalogue}};
  trace::Real reads_per_us{"reads_per_us"};
};

struct TracedNpu : sc_core::sc_module {
  explicit TracedNpu(sc_core::sc_module_name name) : sc_module(name) {}
  trace::Enumeration state{"state", kNpuStates};
  trace::Text layer{"layer"};
  trace::Vector command_index{"command_index", 16, {.format = trace::Format::kDecimal}};
  trace::Vector partial_sum{"partial_sum", 16, {.format = trace::Format::kSigned}};
  trace::Real power_mw{"power_mw"};
  trace::Bit irq{"irq"};
  TracedMemory features{"features"};
};

struct TracedPower : sc_core::sc_module {
  explicit TracedPower(sc_core::sc_module_name name) : sc_module(name) {}
  trace::Real total_mw{"total_mw"};
};

struct TracedSoc : sc_core::sc_module {
  explicit TracedSoc(sc_core::sc_module_name name, int npus = 1) : sc_module(name) {
    for (int n = 0; n < npus; ++n)
      npu.push_back(std::make_unique<TracedNpu>(("npu" + std::to_string(n)).c_str()));
  }
  TracedCpu cpu0{"cpu0"};
  TracedBus bus{"bus"};
  TracedDma dma0{"dma0"};
  TracedPower power0{"power0"};
  std::vector<std::unique_ptr<TracedNpu>> npu;
};

}  // namespace cairn::test
