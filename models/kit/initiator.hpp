// What a bus master needs: reads and writes that cannot be ignored, debug access, DMI.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <systemc>
#include <tlm>

namespace cairn::kit {

/// Owns one initiator socket. Call the reads and writes from an SC_THREAD: a target may wait.
class Initiator : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<Initiator> bus{"bus"};

  explicit Initiator(sc_core::sc_module_name name) : sc_module(name) {
    bus.register_invalidate_direct_mem_ptr(this, &Initiator::invalidate);
  }

  /// Returns when the access has taken its time.
  [[nodiscard]] tlm::tlm_response_status read(std::uint64_t addr, void* dst, std::size_t bytes) {
    return blocking(tlm::TLM_READ_COMMAND, addr, dst, bytes);
  }
  [[nodiscard]] tlm::tlm_response_status write(std::uint64_t addr, const void* src,
                                               std::size_t bytes) {
    return blocking(tlm::TLM_WRITE_COMMAND, addr, const_cast<void*>(src), bytes);
  }

  /// The same, but the caller waits: the access starts `delay` from now, and `delay` becomes its
  /// end.
  [[nodiscard]] tlm::tlm_response_status read(std::uint64_t addr, void* dst, std::size_t bytes,
                                              sc_core::sc_time& delay) {
    return transport(tlm::TLM_READ_COMMAND, addr, dst, bytes, delay);
  }
  [[nodiscard]] tlm::tlm_response_status write(std::uint64_t addr, const void* src,
                                               std::size_t bytes, sc_core::sc_time& delay) {
    return transport(tlm::TLM_WRITE_COMMAND, addr, const_cast<void*>(src), bytes, delay);
  }

  /// No side effects, no time, from any process. Returns the number of bytes moved.
  [[nodiscard]] std::size_t debug_read(std::uint64_t addr, void* dst, std::size_t bytes) {
    return debug(tlm::TLM_READ_COMMAND, addr, dst, bytes);
  }
  [[nodiscard]] std::size_t debug_write(std::uint64_t addr, const void* src, std::size_t bytes) {
    return debug(tlm::TLM_WRITE_COMMAND, addr, const_cast<void*>(src), bytes);
  }

  /// Asks for a pointer to the memory around `addr`. False if there is none.
  [[nodiscard]] bool dmi(std::uint64_t addr, tlm::tlm_command command, tlm::tlm_dmi& out) {
    tlm::tlm_generic_payload tx;
    prepare(tx, command, addr, nullptr, 0);
    out.init();
    return bus->get_direct_mem_ptr(tx, out);
  }

  /// `observer(first, last)` hears which pointers, by bus address, are no longer valid.
  void on_dmi_invalid(std::function<void(std::uint64_t, std::uint64_t)> observer) {
    dmi_invalid_ = std::move(observer);
  }

 private:
  static void prepare(tlm::tlm_generic_payload& tx, tlm::tlm_command command, std::uint64_t addr,
                      void* data, std::size_t bytes) {
    tx.set_command(command);
    tx.set_address(addr);
    tx.set_data_ptr(static_cast<unsigned char*>(data));
    tx.set_data_length(static_cast<unsigned>(bytes));
    tx.set_streaming_width(static_cast<unsigned>(bytes));
    tx.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  }
  tlm::tlm_response_status transport(tlm::tlm_command command, std::uint64_t addr, void* data,
                                     std::size_t bytes, sc_core::sc_time& delay) {
    tlm::tlm_generic_payload tx;
    prepare(tx, command, addr, data, bytes);
    bus->b_transport(tx, delay);
    return tx.get_response_status();
  }
  tlm::tlm_response_status blocking(tlm::tlm_command command, std::uint64_t addr, void* data,
                                    std::size_t bytes) {
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    const tlm::tlm_response_status status = transport(command, addr, data, bytes, delay);
    if (delay != sc_core::SC_ZERO_TIME) sc_core::wait(delay);
    return status;
  }
  std::size_t debug(tlm::tlm_command command, std::uint64_t addr, void* data, std::size_t bytes) {
    tlm::tlm_generic_payload tx;
    prepare(tx, command, addr, data, bytes);
    return bus->transport_dbg(tx);
  }
  void invalidate(sc_dt::uint64 first, sc_dt::uint64 last) {
    if (dmi_invalid_) dmi_invalid_(first, last);
  }

  std::function<void(std::uint64_t, std::uint64_t)> dmi_invalid_;
};

}  // namespace cairn::kit
