// An NPU's feature or weight SRAM: 64-bit banks behind a bus port and a wide private port.
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <functional>
#include <span>
#include <systemc>
#include <tlm>
#include <vector>

#include "models/kit/clock.hpp"
#include "models/kit/reservation.hpp"
#include "models/memory/sram_stream.hpp"

namespace cairn {

struct BankedSramOptions {
  std::uint64_t bits = 983'040;  ///< any multiple of 64
  unsigned banks = 16;           ///< the private port moves banks * 64 bits a cycle
  std::uint64_t clock_hz = 800'000'000;
  unsigned bus_bits = 128;  ///< moved per cycle that the bus takes from the port
};

/// Words are 64 bits, elements whatever the caller counts; a private access counts both.
struct AccessCounts {
  std::uint64_t read_words = 0;
  std::uint64_t write_words = 0;
  std::uint64_t read_elements = 0;
  std::uint64_t write_elements = 0;
  std::uint64_t bus_reads = 0;  ///< transactions
  std::uint64_t bus_writes = 0;
  std::uint64_t bus_read_bytes = 0;
  std::uint64_t bus_write_bytes = 0;
};

/// Bit b is bit b % 8 of byte b / 8. Ranges of the private port are ring-style: a bit offset counts
/// modulo bits(), and a range may run over the end once. No DMI, so every bus access is seen here.
class BankedSram : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<BankedSram> bus{"bus"};

  explicit BankedSram(sc_core::sc_module_name name, const BankedSramOptions& options = {});

  [[nodiscard]] std::uint64_t bits() const { return options_.bits; }
  [[nodiscard]] std::uint64_t bytes() const { return options_.bits / 8; }
  [[nodiscard]] std::uint64_t port_bits() const { return options_.banks * SramStream::kWordBits; }
  /// The contents; the 8 bytes after the last one may be read, so 64-bit loads need no care.
  [[nodiscard]] std::span<std::uint8_t> data() { return {data_.data(), bytes()}; }

  /// Counts an access of `bit_count` bits (at most bits()); returns the words it touched.
  std::uint64_t count_read(SramStream& stream, std::uint64_t bit_begin, std::uint64_t bit_count,
                           std::uint64_t elements);
  std::uint64_t count_write(SramStream& stream, std::uint64_t bit_begin, std::uint64_t bit_count,
                            std::uint64_t elements);

  /// Copies bits from the ring to `out` (from its bit 0 on) or from `in` to the ring, and counts.
  void read(SramStream& stream, std::uint64_t bit_begin, std::uint64_t bit_count,
            std::uint64_t elements, std::uint8_t* out);
  void write(SramStream& stream, std::uint64_t bit_begin, std::uint64_t bit_count,
             std::uint64_t elements, const std::uint8_t* in);

  [[nodiscard]] const AccessCounts& counts() const { return counts_; }

  /// Cycles the private port needs for `bit_count` bits: the ceiling of bit_count / port_bits().
  [[nodiscard]] std::uint64_t cycles(std::uint64_t bit_count) const {
    return (bit_count + port_bits() - 1) / port_bits();
  }
  /// Takes the port for `cycles`, wanted from `at` on; returns when they start. Bus accesses take
  /// the port the same way, so either side may have to wait for the other.
  sc_core::sc_time reserve(const sc_core::sc_time& at, std::uint64_t cycles);
  /// Total time for which reserve put its callers off, and bus accesses were put off.
  [[nodiscard]] const sc_core::sc_time& private_waiting() const { return private_waiting_; }
  [[nodiscard]] const sc_core::sc_time& bus_waiting() const { return bus_waiting_; }

  void set_clock(std::uint64_t hz) { clock_ = kit::Clock(hz); }

  /// `observer(byte_begin, byte_count)` runs just before a write through the bus or the debug port,
  /// or a bit flip, changes these bytes: what was read before had the old values.
  using Observer = std::function<void(std::uint64_t byte_begin, std::uint64_t byte_count)>;
  void on_bus_write(Observer observer) { observer_ = std::move(observer); }

  /// A fault: inverts one bit, below bits().
  void flip(std::uint64_t bit);

 private:
  void b_transport(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& tx);
  bool inside(const tlm::tlm_generic_payload& tx) const;
  void move(tlm::tlm_generic_payload& tx);
  std::uint64_t on_ring(std::uint64_t bit) const { return bit < bits() ? bit : bit % bits(); }
  std::uint64_t words(SramStream& stream, std::uint64_t bit_begin, std::uint64_t bit_count) const;

  const BankedSramOptions options_;
  kit::Clock clock_;
  std::vector<std::uint8_t> data_;
  AccessCounts counts_;
  kit::Reservation port_;
  sc_core::sc_time private_waiting_;
  sc_core::sc_time bus_waiting_;
  Observer observer_;
};

}  // namespace cairn
