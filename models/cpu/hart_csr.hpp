// Control and status registers of a machine-mode-only hart.
#pragma once

#include <cstdint>

namespace cairn::hart {

/// Numbers of the CSRs that other code names (privileged ISA, table 2.1 ff.).
namespace csr {
inline constexpr std::uint32_t kMstatus = 0x300, kMisa = 0x301, kMie = 0x304, kMtvec = 0x305;
inline constexpr std::uint32_t kMcountinhibit = 0x320, kMscratch = 0x340, kMepc = 0x341;
inline constexpr std::uint32_t kMcause = 0x342, kMtval = 0x343, kMip = 0x344;
inline constexpr std::uint32_t kMcycle = 0xb00, kMinstret = 0xb02, kMcycleh = 0xb80;
inline constexpr std::uint32_t kMinstreth = 0xb82, kCycle = 0xc00, kTime = 0xc01, kInstret = 0xc02;
inline constexpr std::uint32_t kCycleh = 0xc80, kTimeh = 0xc81, kInstreth = 0xc82;
inline constexpr std::uint32_t kMvendorid = 0xf11, kMhartid = 0xf14;
}  // namespace csr

/// Bit masks of the machine interrupts in mie and mip; the bit number is the cause.
inline constexpr std::uint32_t kSoftwareInterrupt = 1u << 3;
inline constexpr std::uint32_t kTimerInterrupt = 1u << 7;
inline constexpr std::uint32_t kExternalInterrupt = 1u << 11;

/// Running totals of the hart that the counter CSRs are views of.
struct Totals {
  std::uint64_t cycles = 0;
  std::uint64_t instructions = 0;
};

/// A 64-bit counter CSR over a running total that never stops: writable, and stopped on demand.
class CounterView {
 public:
  std::uint64_t read(std::uint64_t total) const { return stopped_ ? value_ : total + value_; }
  void write(std::uint64_t value, std::uint64_t total) {
    value_ = stopped_ ? value : value - total;
  }
  void stop(bool stopped, std::uint64_t total);

 private:
  bool stopped_ = false;
  std::uint64_t value_ = 0;  ///< the count if stopped, else what to add to the total
};

/// Storage and access rules. Not here: `time` and `timeh`, which need the bus.
///
/// The set is that of QEMU's virt board with `-cpu rv32,f=false,d=false,s=false,h=false`, except
/// that there is no user mode, no PMP entry (pmpcfg and pmpaddr read zero) and no trigger; the
/// performance counters 3 and up and their events read zero.
class CsrFile {
 public:
  explicit CsrFile(std::uint32_t hart_id) : hart_id_(hart_id) {}

  /// The counters restart from zero at these totals.
  void reset(const Totals& totals);

  static bool exists(std::uint32_t number);
  static bool is_read_only(std::uint32_t number) { return (number >> 10) == 3; }

  /// `totals` as before the reading instruction. Call only if it exists.
  std::uint32_t read(std::uint32_t number, const Totals& totals) const;
  /// `totals` as after the writing instruction. Bits that cannot be written keep their value.
  void write(std::uint32_t number, std::uint32_t value, const Totals& totals);

  std::uint32_t mip = 0;  ///< the interrupt lines as last sampled

  /// Pending and enabled in mie, whatever mstatus says: what ends a WFI.
  std::uint32_t pending() const { return mip & mie_; }
  bool interrupts_enabled() const { return mie_bit_; }

  /// Saves the state of a trap, disables interrupts; returns the handler's address.
  std::uint32_t enter_trap(std::uint32_t cause, std::uint32_t value, std::uint32_t pc);
  /// mret; returns where to go on.
  std::uint32_t leave_trap();

  std::uint32_t mtvec() const { return mtvec_; }
  bool mtvec_written() const { return mtvec_written_; }

 private:
  std::uint32_t mstatus() const;
  void write_mcountinhibit(std::uint32_t value, const Totals& totals);

  std::uint32_t hart_id_;
  bool mie_bit_ = false;   ///< mstatus.MIE
  bool mpie_bit_ = false;  ///< mstatus.MPIE
  std::uint32_t mie_ = 0;
  std::uint32_t mtvec_ = 0;
  bool mtvec_written_ = false;
  std::uint32_t mscratch_ = 0;
  std::uint32_t mepc_ = 0;
  std::uint32_t mcause_ = 0;
  std::uint32_t mtval_ = 0;
  std::uint32_t mcountinhibit_ = 0;
  CounterView cycles_;
  CounterView instructions_;
};

}  // namespace cairn::hart
