// DRAM and flash: plain memory with latency, bandwidth and DMI.
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <span>
#include <systemc>
#include <tlm>

#include "models/kit/clock.hpp"
#include "models/kit/reservation.hpp"
#include "models/kit/trace.hpp"
#include "models/memory/zeroed_pages.hpp"

namespace cairn {

/// The defaults are those of the main memory.
struct MemoryOptions {
  std::uint64_t bytes = std::uint64_t{128} << 20;
  sc_core::sc_time latency{100, sc_core::SC_NS};
  std::uint64_t bytes_per_second = 12'800'000'000;
  bool read_only = false;  ///< flash: writes over the bus are refused, debug transport may write
};

struct MemoryCounts {
  std::uint64_t reads = 0;
  std::uint64_t writes = 0;
  std::uint64_t read_bytes = 0;
  std::uint64_t write_bytes = 0;

  MemoryCounts& operator+=(const MemoryCounts& other);
};

/// A transaction takes the latency plus its bytes at the bandwidth; transactions queue for the
/// bandwidth by reservation while their latencies overlap.
class Memory : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Memory> bus{"bus"};

  explicit Memory(sc_core::sc_module_name name, const MemoryOptions& options = {});

  [[nodiscard]] std::uint64_t bytes() const { return pages_.size(); }
  [[nodiscard]] bool read_only() const { return options_.read_only; }
  /// The contents, for loaders and tests; nothing is counted.
  [[nodiscard]] std::span<std::uint8_t> data() { return {pages_.data(), pages_.size()}; }

  /// Accesses through transport, and those that initiators with DMI pointers have posted.
  [[nodiscard]] const MemoryCounts& transport_counts() const { return transport_; }
  [[nodiscard]] const MemoryCounts& dmi_counts() const { return dmi_; }
  /// For initiators that access this memory through DMI: adds what they did since the last post.
  void post_dmi(const MemoryCounts& since_last_post);

 private:
  void b_transport(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& tx);
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& tx, tlm::tlm_dmi& dmi);
  tlm::tlm_response_status check(const tlm::tlm_generic_payload& tx) const;
  bool inside(const tlm::tlm_generic_payload& tx) const;

  const MemoryOptions options_;
  const kit::Clock rate_;  ///< one "cycle" per byte
  ZeroedPages pages_;
  kit::Reservation data_path_;
  MemoryCounts transport_;
  MemoryCounts dmi_;
  kit::trace::Vector dmi_bytes_{"dmi_bytes", 64, {.format = kit::trace::Format::kDecimal}};  ///< read and written through DMI so far
};

}  // namespace cairn
