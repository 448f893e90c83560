// One initiator's place on the bus: its socket, its statistics, its rows in the waves.
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <systemc>
#include <tlm>

#include "models/kit/trace.hpp"

namespace cairn {

class Bus;

/// What one initiator did on the bus; debug transport and DMI are not counted.
struct BusCounts {
  std::uint64_t reads = 0;
  std::uint64_t writes = 0;
  std::uint64_t read_bytes = 0;
  std::uint64_t write_bytes = 0;
  std::uint64_t errors = 0;  ///< responses other than OK, those that did not decode included
  sc_core::sc_time waiting;  ///< spent waiting for a target that served someone else
};

/// Created by Bus::connect. Between transactions `command` is idle and `status` the last result.
class BusPort : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket_tagged<Bus> socket{"socket"};

  explicit BusPort(sc_core::sc_module_name name);

  [[nodiscard]] const BusCounts& counts() const { return counts_; }

 private:
  friend class Bus;

  void begin(const tlm::tlm_generic_payload& tx, const char* target, const sc_core::sc_time& at);
  void finish(const tlm::tlm_generic_payload& tx, const sc_core::sc_time& at);

  BusCounts counts_;
  std::size_t last_hit_ = 0;  ///< hint for the address map
  kit::trace::Enumeration command_;
  kit::trace::Vector address_;
  kit::trace::Text target_;
  kit::trace::Vector bytes_;
  kit::trace::Enumeration status_;
};

}  // namespace cairn
