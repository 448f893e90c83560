// The last transactions on the bus, kept for post-mortems.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <systemc>
#include <tlm>
#include <vector>

namespace cairn {

/// One transaction as the bus saw it. `target` is empty if the address did not decode.
struct BusTransaction {
  sc_core::sc_time begin;
  sc_core::sc_time end;  ///< equal to begin while the status is incomplete
  const char* initiator = "";
  const char* target = "";
  tlm::tlm_command command = tlm::TLM_IGNORE_COMMAND;
  std::uint64_t address = 0;
  unsigned bytes = 0;
  tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;  ///< incomplete: under way
};

/// Remembers the last `kDepth` transactions, those under way included.
class TransactionRing {
 public:
  static constexpr std::size_t kDepth = 32;

  /// Returns the ticket with which to finish the transaction.
  std::uint64_t begin(const BusTransaction& transaction) {
    ring_[begun_ % kDepth] = transaction;
    return begun_++;
  }

  /// Does nothing if so many others began since that the transaction has been forgotten.
  void finish(std::uint64_t ticket, const sc_core::sc_time& end, tlm::tlm_response_status status) {
    if (begun_ - ticket > kDepth) return;
    ring_[ticket % kDepth].end = end;
    ring_[ticket % kDepth].status = status;
  }

  /// Oldest first.
  [[nodiscard]] std::vector<BusTransaction> recent() const {
    std::vector<BusTransaction> out;
    for (std::uint64_t i = begun_ < kDepth ? 0 : begun_ - kDepth; i < begun_; ++i)
      out.push_back(ring_[i % kDepth]);
    return out;
  }

 private:
  std::array<BusTransaction, kDepth> ring_{};
  std::uint64_t begun_ = 0;
};

}  // namespace cairn
