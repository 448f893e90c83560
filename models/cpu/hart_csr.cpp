#include "models/cpu/hart_csr.hpp"

namespace cairn::hart {
namespace {

constexpr std::uint32_t kMieBit = 1u << 3, kMpieBit = 1u << 7, kMprvBit = 1u << 17;
constexpr std::uint32_t kTwBit = 1u << 21, kFiomBit = 1;
constexpr unsigned kMppShift = 11;
constexpr std::uint32_t kAllInterrupts = kSoftwareInterrupt | kTimerInterrupt | kExternalInterrupt;
// MXL = 32 bits; extensions A, C, I, M; user mode.
constexpr std::uint32_t kMisaValue = 1u << 30 | 1u << 0 | 1u << 2 | 1u << 8 | 1u << 12 | 1u << 20;
constexpr std::uint32_t kMisaFloat = 1u << 5;

constexpr bool between(std::uint32_t number, std::uint32_t first, std::uint32_t last) {
  return number >= first && number <= last;
}
constexpr bool is_pmpcfg(std::uint32_t number) {
  return between(number, csr::kPmpcfg0, csr::kPmpcfg0 + Pmp::kEntries / 4 - 1);
}
constexpr bool is_pmpaddr(std::uint32_t number) {
  return between(number, csr::kPmpaddr0, csr::kPmpaddr0 + Pmp::kEntries - 1);
}

}  // namespace

void CsrFile::reset(const Totals& totals) {
  const std::uint32_t lines = mip;
  *this = CsrFile(hart_id_, float_unit.present());
  mip = lines;
  counters_.reset(totals);
}

bool CsrFile::exists(std::uint32_t number) {
  return Counters::exists(number) || FloatUnit::has_csr(number) ||
         between(number, 0x300, 0x305) ||  // mstatus, misa, medeleg, mideleg, mie, mtvec
         number == csr::kMenvcfg || number == csr::kMenvcfgh || number == csr::kMstatush ||
         between(number, csr::kMscratch, csr::kMip) || is_pmpcfg(number) || is_pmpaddr(number) ||
         between(number, 0xf11, 0xf15);  // mvendorid, marchid, mimpid, mhartid, mconfigptr
}

/// Privileged ISA, 2.1: bits 9:8 of the number are the lowest mode that may access it.
bool CsrFile::accessible(std::uint32_t number, bool writes) const {
  if (!exists(number) || (writes && is_read_only(number))) return false;
  if (FloatUnit::has_csr(number) && !float_unit.enabled()) return false;
  if (privilege_ == Privilege::kMachine) return true;
  if ((number >> 8 & 3) != 0) return false;
  return !Counters::exists(number) || counters_.enabled_for_user(number);
}

bool CsrFile::is_permission(std::uint32_t number) {
  return is_pmpcfg(number) || is_pmpaddr(number);
}

std::uint32_t CsrFile::mstatus() const {
  return float_unit.status() | static_cast<std::uint32_t>(mpp_) << kMppShift |
         (mie_bit_ ? kMieBit : 0) | (mpie_bit_ ? kMpieBit : 0) | (mprv_bit_ ? kMprvBit : 0) |
         (tw_bit_ ? kTwBit : 0);
}

/// A reserved MPP changes nothing there.
void CsrFile::write_mstatus(std::uint32_t value) {
  mie_bit_ = (value & kMieBit) != 0;
  mpie_bit_ = (value & kMpieBit) != 0;
  mprv_bit_ = (value & kMprvBit) != 0;
  tw_bit_ = (value & kTwBit) != 0;
  float_unit.write_status(value);
  const auto mpp = static_cast<Privilege>(value >> kMppShift & 3);
  if (mpp == Privilege::kUser || mpp == Privilege::kMachine) mpp_ = mpp;
}

std::uint32_t CsrFile::read(std::uint32_t number, const Totals& totals) const {
  if (Counters::exists(number)) return counters_.read(number, totals);
  if (is_pmpcfg(number)) return pmp_.config(number - csr::kPmpcfg0);
  if (is_pmpaddr(number)) return pmp_.address(number - csr::kPmpaddr0);
  switch (number) {
    case csr::kMstatus:
      return mstatus();
    case csr::kMisa:
      return kMisaValue | (float_unit.present() ? kMisaFloat : 0);
    case csr::kMie:
      return mie_;
    case csr::kMtvec:
      return mtvec_;
    case csr::kMenvcfg:
      return fiom_bit_ ? kFiomBit : 0;
    case csr::kMscratch:
      return mscratch_;
    case csr::kMepc:
      return mepc_;
    case csr::kMcause:
      return mcause_;
    case csr::kMtval:
      return mtval_;
    case csr::kMip:
      return mip;
    case csr::kMhartid:
      return hart_id_;
    case csr::kFflags:
    case csr::kFrm:
    case csr::kFcsr:
      return float_unit.read(number);
    default:
      return 0;
  }
}

void CsrFile::write(std::uint32_t number, std::uint32_t value, const Totals& totals) {
  if (Counters::exists(number)) return counters_.write(number, value, totals);
  if (is_pmpcfg(number)) return pmp_.write_config(number - csr::kPmpcfg0, value);
  if (is_pmpaddr(number)) return pmp_.write_address(number - csr::kPmpaddr0, value);
  switch (number) {
    case csr::kMstatus:
      write_mstatus(value);
      break;
    case csr::kMenvcfg:
      fiom_bit_ = (value & kFiomBit) != 0;
      break;
    case csr::kMie:
      mie_ = value & kAllInterrupts;
      break;
    case csr::kMtvec:
      mtvec_written_ = true;
      if ((value & 3) < 2) mtvec_ = value;  // a reserved mode changes nothing, as on QEMU
      break;
    case csr::kMscratch:
      mscratch_ = value;
      break;
    case csr::kMepc:
      mepc_ = value & ~1u;
      break;
    case csr::kMcause:
      mcause_ = value;
      break;
    case csr::kMtval:
      mtval_ = value;
      break;
    case csr::kFflags:
    case csr::kFrm:
    case csr::kFcsr:
      float_unit.write(number, value);
      break;
    default:
      break;
  }
}

std::uint32_t CsrFile::enter_trap(std::uint32_t cause, std::uint32_t value, std::uint32_t pc) {
  mepc_ = pc;
  mcause_ = cause;
  mtval_ = value;
  mpie_bit_ = mie_bit_;
  mie_bit_ = false;
  mpp_ = privilege_;
  privilege_ = Privilege::kMachine;
  const bool vectored = (mtvec_ & 3) == 1 && (cause >> 31) != 0;
  return handler() + (vectored ? 4 * (cause & 0x7fff'ffff) : 0);
}

std::uint32_t CsrFile::leave_trap() {
  mie_bit_ = mpie_bit_;
  mpie_bit_ = true;
  privilege_ = mpp_;
  mpp_ = Privilege::kUser;
  if (privilege_ != Privilege::kMachine) mprv_bit_ = false;
  return mepc_;
}

}  // namespace cairn::hart
