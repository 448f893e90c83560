// Control and status registers of a hart with machine and user mode.
#pragma once

#include <cstdint>

#include "models/cpu/hart_counters.hpp"
#include "models/cpu/hart_float_unit.hpp"
#include "models/cpu/hart_pmp.hpp"

namespace cairn::hart {

/// Numbers of the CSRs that other code names (privileged ISA, table 2.1 ff.).
namespace csr {
inline constexpr std::uint32_t kMstatus = 0x300, kMisa = 0x301, kMie = 0x304, kMtvec = 0x305;
inline constexpr std::uint32_t kMcounteren = 0x306, kMenvcfg = 0x30a, kMstatush = 0x310,
                               kMenvcfgh = 0x31a;
inline constexpr std::uint32_t kMcountinhibit = 0x320, kMhpmevent3 = 0x323, kMscratch = 0x340;
inline constexpr std::uint32_t kMepc = 0x341;
inline constexpr std::uint32_t kMcause = 0x342, kMtval = 0x343, kMip = 0x344;
inline constexpr std::uint32_t kPmpcfg0 = 0x3a0, kPmpaddr0 = 0x3b0;
inline constexpr std::uint32_t kMcycle = 0xb00, kMinstret = 0xb02, kMcycleh = 0xb80;
inline constexpr std::uint32_t kMinstreth = 0xb82, kCycle = 0xc00, kTime = 0xc01, kInstret = 0xc02;
inline constexpr std::uint32_t kCycleh = 0xc80, kTimeh = 0xc81, kInstreth = 0xc82;
inline constexpr std::uint32_t kMvendorid = 0xf11, kMhartid = 0xf14;
}  // namespace csr

/// Bit masks of the machine interrupts in mie and mip; the bit number is the cause.
inline constexpr std::uint32_t kSoftwareInterrupt = 1u << 3;
inline constexpr std::uint32_t kTimerInterrupt = 1u << 7;
inline constexpr std::uint32_t kExternalInterrupt = 1u << 11;

/// Storage and access rules. Not here: `time` and `timeh`, which need the bus.
///
/// The set is that of QEMU's virt board with `-cpu rv32,f=false,d=false,s=false,h=false`, without
/// triggers; fields of modes and extensions that are not here read zero (docs/hart.md).
class CsrFile {
 public:
  CsrFile(std::uint32_t hart_id, bool has_float) : float_unit(has_float), hart_id_(hart_id) {}

  /// The counters restart from zero at these totals.
  void reset(const Totals& totals);

  static bool exists(std::uint32_t number);
  /// May an instruction in the present mode make this access? False: it is illegal.
  bool accessible(std::uint32_t number, bool writes) const;
  /// One of PMP's.
  static bool is_permission(std::uint32_t number);
  static bool is_read_only(std::uint32_t number) { return (number >> 10) == 3; }

  /// `totals` as before the reading instruction. Call only if it exists.
  std::uint32_t read(std::uint32_t number, const Totals& totals) const;
  /// `totals` as after the writing instruction. Bits that cannot be written keep their value.
  void write(std::uint32_t number, std::uint32_t value, const Totals& totals);

  std::uint32_t mip = 0;  ///< the interrupt lines as last sampled
  FloatUnit float_unit;

  /// Pending and enabled in mie, whatever mstatus says: what ends a WFI.
  std::uint32_t pending() const { return mip & mie_; }
  /// Machine interrupts are always enabled in user mode (privileged ISA, 3.1.6.1).
  bool interrupts_enabled() const { return mie_bit_ || privilege_ == Privilege::kUser; }

  Privilege privilege() const { return privilege_; }
  /// The mode whose permissions loads and stores have: MPP's while MPRV is set.
  Privilege data_privilege() const { return mprv_bit_ ? mpp_ : privilege_; }
  bool wait_is_illegal() const { return tw_bit_ && privilege_ == Privilege::kUser; }
  const Pmp& pmp() const { return pmp_; }

  /// Saves the state of a trap, enters machine mode, disables interrupts; returns the handler's
  /// address.
  std::uint32_t enter_trap(std::uint32_t cause, std::uint32_t value, std::uint32_t pc);
  /// mret; returns where to go on.
  std::uint32_t leave_trap();

  /// Where exceptions go.
  std::uint32_t handler() const { return mtvec_ & ~3u; }
  bool mtvec_written() const { return mtvec_written_; }

 private:
  std::uint32_t mstatus() const;
  void write_mstatus(std::uint32_t value);

  std::uint32_t hart_id_;
  Privilege privilege_ = Privilege::kMachine;
  bool mie_bit_ = false;   ///< mstatus.MIE
  bool mpie_bit_ = false;  ///< mstatus.MPIE
  Privilege mpp_ = Privilege::kUser;
  bool mprv_bit_ = false;
  bool tw_bit_ = false;
  bool fiom_bit_ = false;  ///< menvcfg.FIOM
  std::uint32_t mie_ = 0;
  std::uint32_t mtvec_ = 0;
  bool mtvec_written_ = false;
  std::uint32_t mscratch_ = 0;
  std::uint32_t mepc_ = 0;
  std::uint32_t mcause_ = 0;
  std::uint32_t mtval_ = 0;
  Counters counters_;
  Pmp pmp_;
};

}  // namespace cairn::hart
