#include "models/cpu/hart_csr.hpp"

namespace cairn::hart {
namespace {

constexpr std::uint32_t kMieBit = 1u << 3, kMpieBit = 1u << 7, kMppMachine = 3u << 11;
constexpr std::uint32_t kAllInterrupts = kSoftwareInterrupt | kTimerInterrupt | kExternalInterrupt;
constexpr std::uint32_t kInhibitCycles = 1, kInhibitInstructions = 4;
// MXL = 32 bits; extensions A, C, I, M.
constexpr std::uint32_t kMisaValue = 1u << 30 | 1u << 0 | 1u << 2 | 1u << 8 | 1u << 12;

constexpr bool between(std::uint32_t number, std::uint32_t first, std::uint32_t last) {
  return number >= first && number <= last;
}

std::uint64_t with_low(std::uint64_t value, std::uint32_t low) {
  return (value & ~std::uint64_t{0xffff'ffff}) | low;
}
std::uint64_t with_high(std::uint64_t value, std::uint32_t high) {
  return (value & 0xffff'ffff) | std::uint64_t{high} << 32;
}
std::uint32_t low(std::uint64_t value) {
  return static_cast<std::uint32_t>(value);
}
std::uint32_t high(std::uint64_t value) {
  return static_cast<std::uint32_t>(value >> 32);
}

}  // namespace

void CounterView::stop(bool stopped, std::uint64_t total) {
  const std::uint64_t count = read(total);
  stopped_ = stopped;
  write(count, total);
}

void CsrFile::reset(const Totals& totals) {
  const std::uint32_t lines = mip;
  *this = CsrFile(hart_id_);
  mip = lines;
  cycles_.write(0, totals.cycles);
  instructions_.write(0, totals.instructions);
}

bool CsrFile::exists(std::uint32_t number) {
  return between(number, 0x300,
                 0x306) ||  // mstatus, misa, medeleg, mideleg, mie, mtvec, mcounteren
         number == 0x30a ||
         number == 0x31a ||                                                 // menvcfg, menvcfgh
         number == 0x310 ||                                                 // mstatush
         number == csr::kMcountinhibit || between(number, 0x323, 0x33f) ||  // mhpmevent
         between(number, csr::kMscratch, csr::kMip) || between(number, 0x3a0, 0x3a3) ||
         between(number, 0x3b0, 0x3bf) ||                     // pmpcfg, pmpaddr
         number == 0xb00 || between(number, 0xb02, 0xb12) ||  // mcycle, minstret, mhpmcounter
         number == 0xb80 || between(number, 0xb82, 0xb92) || between(number, 0xc00, 0xc12) ||
         between(number, 0xc80, 0xc92) ||  // user views of them
         between(number, 0xf11, 0xf15);    // mvendorid, marchid, mimpid, mhartid, mconfigptr
}

std::uint32_t CsrFile::mstatus() const {
  return kMppMachine | (mie_bit_ ? kMieBit : 0) | (mpie_bit_ ? kMpieBit : 0);
}

std::uint32_t CsrFile::read(std::uint32_t number, const Totals& totals) const {
  switch (number) {
    case csr::kMstatus:
      return mstatus();
    case csr::kMisa:
      return kMisaValue;
    case csr::kMie:
      return mie_;
    case csr::kMtvec:
      return mtvec_;
    case csr::kMcountinhibit:
      return mcountinhibit_;
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
    case csr::kMcycle:
    case csr::kCycle:
      return low(cycles_.read(totals.cycles));
    case csr::kMcycleh:
    case csr::kCycleh:
      return high(cycles_.read(totals.cycles));
    case csr::kMinstret:
    case csr::kInstret:
      return low(instructions_.read(totals.instructions));
    case csr::kMinstreth:
    case csr::kInstreth:
      return high(instructions_.read(totals.instructions));
    case csr::kMhartid:
      return hart_id_;
    default:
      return 0;
  }
}

void CsrFile::write(std::uint32_t number, std::uint32_t value, const Totals& totals) {
  const std::uint64_t cycles = cycles_.read(totals.cycles);
  const std::uint64_t instructions = instructions_.read(totals.instructions);
  switch (number) {
    case csr::kMstatus:
      mie_bit_ = (value & kMieBit) != 0;
      mpie_bit_ = (value & kMpieBit) != 0;
      break;
    case csr::kMie:
      mie_ = value & kAllInterrupts;
      break;
    case csr::kMtvec:
      mtvec_written_ = true;
      if ((value & 3) < 2) mtvec_ = value;  // a reserved mode changes nothing, as on QEMU
      break;
    case csr::kMcountinhibit:
      write_mcountinhibit(value, totals);
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
    case csr::kMcycle:
      cycles_.write(with_low(cycles, value), totals.cycles);
      break;
    case csr::kMcycleh:
      cycles_.write(with_high(cycles, value), totals.cycles);
      break;
    case csr::kMinstret:
      instructions_.write(with_low(instructions, value), totals.instructions);
      break;
    case csr::kMinstreth:
      instructions_.write(with_high(instructions, value), totals.instructions);
      break;
    default:
      break;
  }
}

void CsrFile::write_mcountinhibit(std::uint32_t value, const Totals& totals) {
  mcountinhibit_ = value & (kInhibitCycles | kInhibitInstructions);
  cycles_.stop((value & kInhibitCycles) != 0, totals.cycles);
  instructions_.stop((value & kInhibitInstructions) != 0, totals.instructions);
}

std::uint32_t CsrFile::enter_trap(std::uint32_t cause, std::uint32_t value, std::uint32_t pc) {
  mepc_ = pc;
  mcause_ = cause;
  mtval_ = value;
  mpie_bit_ = mie_bit_;
  mie_bit_ = false;
  const bool vectored = (mtvec_ & 3) == 1 && (cause >> 31) != 0;
  return (mtvec_ & ~3u) + (vectored ? 4 * (cause & 0x7fff'ffff) : 0);
}

std::uint32_t CsrFile::leave_trap() {
  mie_bit_ = mpie_bit_;
  mpie_bit_ = true;
  return mepc_;
}

}  // namespace cairn::hart
