// Address-decoding interconnect: any number of initiators, any number of regions.
#pragma once

#include <tlm_utils/multi_passthrough_initiator_socket.h>

#include <cstdint>
#include <memory>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include "models/bus/address_map.hpp"
#include "models/bus/bus_port.hpp"
#include "models/bus/transaction_ring.hpp"
#include "models/kit/clock.hpp"
#include "models/kit/reservation.hpp"

namespace cairn {

struct BusOptions {
  std::uint64_t clock_hz = 800'000'000;
  unsigned width_bytes = 16;    ///< moved per cycle and target: 12.8 GB/s at 800 MHz
  unsigned latency_cycles = 4;  ///< request and response together, unless a region says otherwise
};

/// A crossbar: transactions to different targets overlap, those to one target queue by reservation.
///
/// A transaction that starts at t ends at the later of t + latency + its beats and the target's own
/// completion (cut-through). What does not decode, or crosses the end of a region, is answered with
/// TLM_ADDRESS_ERROR_RESPONSE. DMI skips the queue; its latency is the target's plus the bus's.
class Bus : public sc_core::sc_module {
 public:
  explicit Bus(sc_core::sc_module_name name, const BusOptions& options = {});

  /// Binds an initiator socket; `initiator` names it in statistics, messages and waves.
  template <typename Socket>
  void connect(Socket& socket, const std::string& initiator) {
    socket.bind(new_port(initiator).socket);
  }

  /// Routes [base, base + bytes) to `target`, which sees addresses from 0 on. Throws InputError,
  /// naming both targets, if the region overlaps another.
  template <typename Socket>
  void map(std::uint64_t base, std::uint64_t bytes, Socket& target) {
    map(base, bytes, target, default_latency_cycles_);
  }
  template <typename Socket>
  void map(std::uint64_t base, std::uint64_t bytes, Socket& target, unsigned latency_cycles) {
    add_region(base, bytes, target, latency_cycles);
    targets_.bind(target);
  }

  void set_clock(std::uint64_t hz) { clock_ = kit::Clock(hz); }

  /// In the order of the calls of connect; a port's basename is the initiator's name.
  [[nodiscard]] const std::vector<std::unique_ptr<BusPort>>& ports() const { return ports_; }
  [[nodiscard]] const std::vector<BusRegion>& regions() const { return map_.regions(); }
  /// The last transactions of all initiators, oldest first.
  [[nodiscard]] std::vector<BusTransaction> recent() const { return ring_.recent(); }

 private:
  struct Target {
    unsigned latency_cycles = 0;
    kit::Reservation data;  ///< the target's data path
  };

  BusPort& new_port(const std::string& initiator);
  void add_region(std::uint64_t base, std::uint64_t bytes, const sc_core::sc_object& socket,
                  unsigned latency_cycles);

  void b_transport(int initiator, tlm::tlm_generic_payload& tx, sc_core::sc_time& delay);
  unsigned transport_dbg(int initiator, tlm::tlm_generic_payload& tx);
  bool get_direct_mem_ptr(int initiator, tlm::tlm_generic_payload& tx, tlm::tlm_dmi& dmi);
  void invalidate_direct_mem_ptr(int target, sc_dt::uint64 first, sc_dt::uint64 last);
  void forward(const BusRegion& region, tlm::tlm_generic_payload& tx, sc_core::sc_time& delay,
               BusCounts& counts);

  kit::Clock clock_;
  const unsigned width_bytes_;
  const unsigned default_latency_cycles_;
  std::vector<std::unique_ptr<BusPort>> ports_;
  tlm_utils::multi_passthrough_initiator_socket<Bus> targets_{"targets"};
  std::vector<Target> target_states_;  ///< by BusRegion::port, as is targets_
  AddressMap map_;
  TransactionRing ring_;
};

}  // namespace cairn
