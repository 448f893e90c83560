// A CPU with memory that grants DMI and two devices that interrupt at given periods.
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <systemc>
#include <tlm>
#include <vector>

#include "models/cpu/cpu.hpp"

namespace cairn::test {

inline constexpr std::uint32_t kMemory = 0x8000'0000;
inline constexpr std::uint32_t kMemoryBytes = 1 << 16;
inline constexpr std::uint32_t kDevices =
    0x4000'0000;  ///< write: acknowledge device 0 at +0, 1 at +4

/// Sets a line every `period`, until acknowledged. Nothing happens with a period of zero.
class Ticker : public sc_core::sc_module {
 public:
  sc_core::sc_out<bool> line{"line"};

  SC_HAS_PROCESS(Ticker);
  Ticker(sc_core::sc_module_name name, sc_core::sc_time period) : sc_module(name), period_(period) {
    SC_METHOD(tick);
    dont_initialize();
    sensitive << ticks_;
    SC_METHOD(drive);
    sensitive << changed_;
    if (period != sc_core::SC_ZERO_TIME) ticks_.notify(period);
  }

  void acknowledge() { set(false); }

 private:
  void tick() {
    set(true);
    ticks_.notify(period_);
  }
  void set(bool level) {
    level_ = level;
    changed_.notify(sc_core::SC_ZERO_TIME);
  }
  void drive() { line.write(level_); }

  sc_core::sc_time period_;
  bool level_ = false;
  sc_core::sc_event ticks_;
  sc_core::sc_event changed_;
};

/// Memory and the devices' acknowledge registers behind one socket.
class Board : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Board> bus{"bus"};
  Cpu cpu;
  Ticker timer;
  Ticker other;
  std::vector<std::uint8_t> memory = std::vector<std::uint8_t>(kMemoryBytes);
  bool direct = true;  ///< grants DMI
  unsigned transactions = 0;
  std::vector<sc_core::sc_time> device_accesses;

  Board(sc_core::sc_module_name name, const CpuConfig& config, sc_core::sc_time timer_period,
        sc_core::sc_time other_period)
      : sc_module(name),
        cpu("cpu", config),
        timer("timer", timer_period),
        other("other", other_period) {
    bus.register_b_transport(this, &Board::b_transport);
    bus.register_get_direct_mem_ptr(this, &Board::get_direct_mem_ptr);
    cpu.bus.bind(bus);
    cpu.msip(msip);
    cpu.mtip(mtip);
    cpu.meip(meip);
    timer.line(mtip);
    other.line(meip);
  }

  void program(std::initializer_list<std::uint32_t> words, std::uint32_t addr = kMemory) {
    for (const std::uint32_t word : words) {
      std::memcpy(&memory[addr - kMemory], &word, 4);
      addr += 4;
    }
  }
  std::uint32_t word(std::uint32_t addr) const {
    std::uint32_t value = 0;
    std::memcpy(&value, &memory[addr - kMemory], 4);
    return value;
  }

  sc_core::sc_signal<bool> msip{"msip"}, mtip{"mtip"}, meip{"meip"};

 private:
  void b_transport(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay) {
    ++transactions;
    const auto addr = static_cast<std::uint32_t>(tx.get_address());
    tx.set_response_status(tlm::TLM_OK_RESPONSE);
    if (addr - kMemory < kMemoryBytes) {
      std::uint8_t* const at = &memory[addr - kMemory];
      if (tx.is_read()) std::memcpy(tx.get_data_ptr(), at, tx.get_data_length());
      if (tx.is_write()) std::memcpy(at, tx.get_data_ptr(), tx.get_data_length());
      tx.set_dmi_allowed(direct);
      delay += sc_core::sc_time(20, sc_core::SC_NS);
    } else if (addr - kDevices < 8) {
      delay += sc_core::sc_time(13, sc_core::SC_NS);
      sc_core::wait(delay);
      delay = sc_core::SC_ZERO_TIME;
      device_accesses.push_back(sc_core::sc_time_stamp());
      if (tx.is_write()) (addr == kDevices ? timer : other).acknowledge();
    } else {
      tx.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
  }
  bool get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) {
    dmi.set_start_address(kMemory);
    dmi.set_end_address(kMemory + kMemoryBytes - 1);
    dmi.set_dmi_ptr(memory.data());
    dmi.allow_read_write();
    dmi.set_read_latency(sc_core::sc_time(5, sc_core::SC_NS));
    dmi.set_write_latency(sc_core::sc_time(2, sc_core::SC_NS));
    return true;
  }
};

}  // namespace cairn::test
