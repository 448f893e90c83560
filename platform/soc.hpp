// The virtual SoC. Members are the blocks; the constructor is the wiring.
#pragma once

#include <deque>
#include <systemc>

#include "models/bus/bus.hpp"
#include "models/clint/clint.hpp"
#include "models/cpu/cpu.hpp"
#include "models/dma/dma.hpp"
#include "models/finisher/finisher.hpp"
#include "models/memory/memory.hpp"
#include "models/npu/npu.hpp"
#include "models/plic/plic.hpp"
#include "models/power/power.hpp"
#include "models/uart/uart.hpp"
#include "platform/machine_config.hpp"

namespace cairn::platform {

///      cpu0       dma0        npu0 .. npuN
///        |          |           |   \ private ports
///   =====+==========+====bus====+====\======================
///    |     |      |      |      |     |          |         |
///   dram flash  clint  plic   uart0  finisher, power0, npuN, npuN.features, npuN.weights,
///   npuN.buffer
class Soc : public sc_core::sc_module {
 public:
  Bus bus;
  Memory dram, flash;
  Cpu cpu0;
  Clint clint{"clint"};
  Plic plic{"plic"};
  Uart uart0{"uart0"};
  Finisher finisher{"finisher"};
  sc_core::sc_vector<Npu> npus;  ///< npu0, npu1, ...
  Dma dma0;                      ///< one channel per NPU
  Power power0;                  ///< one domain per NPU

  Soc(sc_core::sc_module_name name, const MachineConfig& config);

 private:
  void connect_initiators();
  void map_targets();
  void connect_interrupts();

  sc_core::sc_signal<bool> software_irq_{"software_irq"}, timer_irq_{"timer_irq"};
  sc_core::sc_signal<bool> external_irq_{"external_irq"}, uart_irq_{"uart_irq"},
      dma_irq_{"dma_irq"};
  sc_core::sc_vector<sc_core::sc_signal<bool>> npu_irqs_;
};

}  // namespace cairn::platform
