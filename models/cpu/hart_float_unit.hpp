// State of the F extension: floating-point registers, fcsr and mstatus.FS.
#pragma once

#include <array>
#include <cstdint>

namespace cairn::hart {

namespace csr {
inline constexpr std::uint32_t kFflags = 0x001, kFrm = 0x002, kFcsr = 0x003;
}  // namespace csr

/// A hart without F has an absent one: always off, its registers and CSRs zero.
///
/// mstatus.FS is Off after reset, as on QEMU; firmware turns it on. Every write of a register or
/// of fcsr, and every flag raised, makes it Dirty (privileged ISA 1.12, 3.1.6.6).
class FloatUnit {
 public:
  explicit FloatUnit(bool present) : present_(present) {}

  bool present() const { return present_; }
  /// mstatus.FS is not Off: instructions of F and accesses to its CSRs are legal.
  bool enabled() const { return fs_ != 0; }

  std::uint32_t f(unsigned index) const { return f_[index]; }
  void set_f(unsigned index, std::uint32_t value);

  std::uint32_t rounding() const { return frm_; }  ///< frm; may hold a reserved value
  void raise(std::uint32_t flags);                 ///< accrues them in fflags

  static bool has_csr(std::uint32_t number) {
    return number >= csr::kFflags && number <= csr::kFcsr;
  }
  /// Call for these three only.
  std::uint32_t read(std::uint32_t number) const;
  void write(std::uint32_t number, std::uint32_t value);

  /// FS and SD of mstatus, in place.
  std::uint32_t status() const;
  void write_status(std::uint32_t mstatus);

 private:
  bool present_;
  std::uint32_t fs_ = 0;
  std::uint32_t frm_ = 0;
  std::uint32_t fflags_ = 0;
  std::array<std::uint32_t, 32> f_{};
};

}  // namespace cairn::hart
