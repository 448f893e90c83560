// The SoC as a debugger's target. Use it only while the kernel does not run.
#pragma once

#include <vector>

#include "platform/gdb/target.hpp"
#include "platform/soc.hpp"

namespace cairn::platform::gdb {

class SocTarget final : public Target {
 public:
  /// `entry` and `a1` are what restart() gives to cpu0.
  SocTarget(Soc& soc, std::uint32_t entry, std::uint32_t a1) : soc_(soc), entry_(entry), a1_(a1) {}

  /// hold(), and lets the kernel run until it is done: to the end of the instruction under way.
  void hold_now();

  void hold() override { soc_.cpu0.hold(); }
  bool is_held() const override { return soc_.cpu0.is_held(); }
  HoldReason reason() const override;
  void release(bool step) override { soc_.cpu0.release(step); }
  void restart() override;

  std::optional<std::uint32_t> read_register(unsigned number) const override;
  bool write_register(unsigned number, std::uint32_t value) override;
  std::vector<RegisterName> csrs() const override;
  std::uint32_t pc() const override { return soc_.cpu0.pc(); }

  std::size_t read_memory(std::uint32_t addr, std::span<std::uint8_t> bytes) const override;
  bool write_memory(std::uint32_t addr, std::span<const std::uint8_t> bytes) override;

  void set_breakpoint(std::uint32_t addr, bool on) override;
  void set_watchpoint(std::uint32_t addr, std::uint32_t bytes, Watch watch, bool on) override;
  void clear_points() override;

  bool waits_for_interrupt() const override { return soc_.cpu0.waiting_for_interrupt(); }
  std::uint64_t time_ps() const override { return sc_core::sc_time_stamp().value(); }
  std::uint64_t cycles() const override { return soc_.cpu0.cycles(); }
  std::uint64_t instructions() const override { return soc_.cpu0.instret(); }

 private:
  hart::Hart& hart() const { return soc_.cpu0.hart(); }
  std::size_t transport(tlm::tlm_command command, std::uint32_t addr, std::uint8_t* data,
                        std::size_t bytes) const;

  Soc& soc_;
  std::uint32_t entry_, a1_;
  std::vector<std::uint32_t> breakpoints_;
  std::vector<hart::Watchpoint> watchpoints_;
};

}  // namespace cairn::platform::gdb
