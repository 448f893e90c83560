// The bus side of the CPU: transactions, direct memory and its accounting.
#include <algorithm>
#include <cstring>
#include <limits>

#include "models/cpu/cpu.hpp"

namespace cairn {
namespace {

constexpr std::uint64_t kLastAddress = std::numeric_limits<std::uint32_t>::max();

}  // namespace

hart::BusAnswer Cpu::fetch(std::uint32_t addr, unsigned bytes, std::uint64_t cycle) {
  return transport(tlm::TLM_READ_COMMAND, addr, 0, bytes, cycle);
}

hart::BusAnswer Cpu::load(std::uint32_t addr, unsigned bytes, std::uint64_t cycle) {
  trace_.reached(hart_.pc(), cycle);
  return transport(tlm::TLM_READ_COMMAND, addr, 0, bytes, cycle);
}

hart::BusAnswer Cpu::store(std::uint32_t addr, unsigned bytes, std::uint32_t value,
                           std::uint64_t cycle) {
  trace_.reached(hart_.pc(), cycle);
  return transport(tlm::TLM_WRITE_COMMAND, addr, value, bytes, cycle);
}

hart::BusAnswer Cpu::time(std::uint64_t cycle) {
  synchronise(cycle);
  post_accesses();
  return {.ok = true, .end = cycle, .value = mtime ? mtime() : 0};
}

hart::BusAnswer Cpu::transport(tlm::tlm_command command, std::uint32_t addr, std::uint32_t value,
                               unsigned bytes, std::uint64_t cycle) {
  synchronise(cycle);
  post_accesses();
  tlm::tlm_generic_payload tx;
  tx.set_command(command);
  tx.set_address(addr);
  tx.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
  tx.set_data_length(bytes);
  tx.set_streaming_width(bytes);
  tx.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  bus->b_transport(tx, delay);
  if (tx.is_dmi_allowed()) request_direct(tx);
  return {.ok = tx.is_response_ok(),
          .end = std::max(cycle, clock_.cycle_at(sc_core::sc_time_stamp() + delay)),
          .value = value};
}

void Cpu::request_direct(tlm::tlm_generic_payload& tx) {
  tlm::tlm_dmi dmi;
  if (!bus->get_direct_mem_ptr(tx, dmi) || dmi.get_start_address() > kLastAddress) return;
  const auto cycles = [&](const sc_core::sc_time& latency) {
    return static_cast<std::uint32_t>(clock_.cycles_in(latency));
  };
  const std::uint64_t last = std::min<std::uint64_t>(dmi.get_end_address(), kLastAddress);
  post_accesses();  // of a region that this one replaces
  hart_.add_region({.base = static_cast<std::uint32_t>(dmi.get_start_address()),
                    .bytes = last - dmi.get_start_address() + 1,
                    .host = dmi.get_dmi_ptr(),
                    .readable = dmi.is_read_allowed(),
                    .writable = dmi.is_write_allowed(),
                    .read_cycles = cycles(dmi.get_read_latency()),
                    .write_cycles = cycles(dmi.get_write_latency()),
                    .fetch_cycles = cycles(dmi.get_read_latency())});
}

void Cpu::invalidate_direct(sc_dt::uint64 first, sc_dt::uint64 last) {
  if (first > kLastAddress) return;
  post_accesses();
  hart_.remove_regions(static_cast<std::uint32_t>(first),
                       static_cast<std::uint32_t>(std::min<std::uint64_t>(last, kLastAddress)));
}

void Cpu::post_accesses() {
  for (hart::DirectRegion& region : hart_.regions().all()) {
    const hart::DirectAccesses counted = hart_.regions().take(region);
    const DmiAccesses sum{.base = region.base,
                          .reads = counted.read_count(),
                          .writes = counted.write_count(),
                          .read_bytes = counted.read_bytes(),
                          .write_bytes = counted.write_bytes()};
    if (sum.reads + sum.writes == 0) continue;
    if (on_dmi_accesses) on_dmi_accesses(sum);
  }
}

}  // namespace cairn
