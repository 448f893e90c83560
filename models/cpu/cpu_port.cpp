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

hart::BusAnswer Cpu::semihost(std::uint32_t operation, std::uint32_t parameter,
                              std::uint64_t cycle) {
  if (!on_semihost) return {};
  trace_.reached(hart_.pc(), cycle);
  synchronise(cycle);
  post_accesses();
  return {.ok = true, .end = cycle, .value = on_semihost(operation, parameter)};
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
  const bool is_watched =
      watched_.bytes != 0 && addr >= watched_.first_page() && addr < watched_.end_page();
  if (tx.is_dmi_allowed() && !is_watched) request_direct(tx);
  if (tx.is_write() && tx.is_response_ok() && watched_.touches(addr, bytes)) watched_.stored();
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
  add_direct({.base = static_cast<std::uint32_t>(dmi.get_start_address()),
              .bytes = last - dmi.get_start_address() + 1,
              .host = dmi.get_dmi_ptr(),
              .readable = dmi.is_read_allowed(),
              .writable = dmi.is_write_allowed(),
              .read_cycles = cycles(dmi.get_read_latency()),
              .write_cycles = cycles(dmi.get_write_latency()),
              .fetch_cycles = cycles(dmi.get_read_latency())});
}

/// In up to three pieces: the pages of the watched bytes can be read and executed, not written.
void Cpu::add_direct(const hart::DirectRegion& region) {
  const std::uint64_t end = region.base + region.bytes;
  const std::uint64_t first = std::clamp<std::uint64_t>(watched_.first_page(), region.base, end);
  const std::uint64_t past = std::clamp<std::uint64_t>(watched_.end_page(), region.base, end);
  const auto piece = [&](std::uint64_t from, std::uint64_t to, bool writable) {
    if (from >= to) return;
    hart::DirectRegion part = region;
    part.base = static_cast<std::uint32_t>(from);
    part.bytes = to - from;
    part.host += from - region.base;
    part.writable = part.writable && writable;
    hart_.add_region(part);
  };
  if (watched_.bytes == 0) return hart_.add_region(region);
  piece(region.base, first, true);
  piece(first, past, false);
  piece(past, end, true);
}

void Cpu::watch_stores(std::uint32_t addr, std::uint32_t bytes, std::function<void()> stored) {
  watched_ = {addr, bytes, std::move(stored)};
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
