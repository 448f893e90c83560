// Base of every register-mapped model: one target socket in front of one register file.
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <systemc>
#include <tlm>

#include "models/kit/registers.hpp"
#include "models/kit/trace.hpp"

namespace cairn::kit {

/// Which accesses a block answers, and when. The default: aligned words only, after 10 ns.
struct BusRules {
  unsigned register_bytes = 4;  ///< 4, or 1 for byte registers at byte offsets
  unsigned min_bytes = 4;       ///< sizes are powers of two, addresses multiples of the size
  unsigned max_bytes = 4;
  bool holes_read_zero = false;  ///< otherwise an offset without a register is an address error
  sc_core::sc_time latency{10, sc_core::SC_NS};
};

/// Applies the bus rules; the register file applies the access rules.
///
/// An access narrower than its register is zero-extended. A wider one covers the following words,
/// low word first, or, of byte registers, just the one at its offset. Refused: another size (burst
/// error), a misaligned address or a hole (address error), byte enables (byte enable error). The
/// access waits for its time before it touches a register, so call b_transport from a thread. The
/// debug transport reads and writes any range of registers, runs no hook and takes no time.
class Peripheral : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Peripheral> bus{"bus"};

  /// For coverage reports.
  [[nodiscard]] const RegisterFile& registers() const { return regs; }

 protected:
  template <std::size_t N>
  Peripheral(sc_core::sc_module_name name, const RegisterSpec (&specs)[N],
             const BusRules& rules = {})
      : sc_module(name), regs(specs), rules_(rules) {
    bus.register_b_transport(this, &Peripheral::b_transport);
    bus.register_transport_dbg(this, &Peripheral::transport_dbg);
  }

  RegisterFile regs;

 private:
  void b_transport(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& tx);
  tlm::tlm_response_status check(const tlm::tlm_generic_payload& tx) const;
  void access(tlm::tlm_generic_payload& tx, std::uint32_t offset, std::uint32_t at, unsigned bytes);
  void show(const tlm::tlm_generic_payload& tx, std::uint32_t offset);

  const BusRules rules_;
  trace::Text access_{"access"};  ///< the last access: "read" or "write" and the register's name
};

}  // namespace cairn::kit
