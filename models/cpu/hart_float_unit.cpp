#include "models/cpu/hart_float_unit.hpp"

namespace cairn::hart {
namespace {

constexpr std::uint32_t kDirty = 3;
constexpr unsigned kFsBit = 13, kFrmBit = 5;
constexpr std::uint32_t kSd = 1u << 31;
constexpr std::uint32_t kFlagMask = 31, kRoundingMask = 7;

}  // namespace

void FloatUnit::set_f(unsigned index, std::uint32_t value) {
  if (!present_) return;
  f_[index] = value;
  fs_ = kDirty;
}

void FloatUnit::raise(std::uint32_t flags) {
  if (flags == 0) return;
  fflags_ |= flags;
  fs_ = kDirty;
}

std::uint32_t FloatUnit::read(std::uint32_t number) const {
  if (number == csr::kFflags) return fflags_;
  if (number == csr::kFrm) return frm_;
  return frm_ << kFrmBit | fflags_;
}

void FloatUnit::write(std::uint32_t number, std::uint32_t value) {
  if (!present_) return;
  if (number != csr::kFrm) fflags_ = value & kFlagMask;
  if (number != csr::kFflags)
    frm_ = (number == csr::kFcsr ? value >> kFrmBit : value) & kRoundingMask;
  fs_ = kDirty;
}

std::uint32_t FloatUnit::status() const {
  return fs_ << kFsBit | (fs_ == kDirty ? kSd : 0);
}

void FloatUnit::write_status(std::uint32_t mstatus) {
  if (present_) fs_ = mstatus >> kFsBit & 3;
}

}  // namespace cairn::hart
