// What a debugger sees and steers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::platform::gdb {

/// GDB's numbers of RISC-V registers: x0 to x31, pc, f0 to f31, then the CSRs by their own numbers,
/// then the privilege level (0: user, 3: machine), which can only be read.
inline constexpr unsigned kPc = 32, kFirstFloat = 33, kFirstCsr = 65, kLastCsr = kFirstCsr + 0xfff;
inline constexpr unsigned kPrivilege = kLastCsr + 1;

/// Numbers of signals as the protocol has them, whatever the host's are.
enum class Signal : std::uint8_t {
  kInterrupt = 2,
  kIllegalInstruction = 4,
  kTrap = 5,
  kBusError = 10,
  kSegmentationFault = 11,
};

enum class Watch { kWrite, kRead, kAccess };

/// Why the target is held.
struct HoldReason {
  Signal signal = Signal::kTrap;
  bool is_breakpoint = false;
  bool is_step = false;
  std::optional<Watch> watch;  ///< the watchpoint that was hit
  std::uint32_t watch_addr = 0;
};

/// A register that the target has, as the target description names it.
struct RegisterName {
  unsigned number = 0;
  std::string name;
};

/// One hart and its memory. Between hold() and is_held() the target runs; what is not about holding
/// may only be called while it is held. None of it takes simulated time.
class Target {
 public:
  virtual ~Target() = default;

  /// Asks for a stop at the next instruction.
  virtual void hold() = 0;
  virtual bool is_held() const = 0;
  virtual HoldReason reason() const = 0;
  /// Runs on, or executes one instruction and is held again.
  virtual void release(bool step) = 0;
  /// Starts again at the entry of the program, with memory and devices as they are; held.
  virtual void restart() = 0;

  /// Nothing if there is no such register.
  virtual std::optional<std::uint32_t> read_register(unsigned number) const = 0;
  virtual bool write_register(unsigned number, std::uint32_t value) = 0;
  virtual std::vector<RegisterName> csrs() const = 0;
  virtual std::uint32_t pc() const = 0;

  /// Without side effects. The number of bytes that could be read from `addr` on.
  virtual std::size_t read_memory(std::uint32_t addr, std::span<std::uint8_t> bytes) const = 0;
  /// Read-only memory too; in devices only what is stored changes. False if not all was written.
  virtual bool write_memory(std::uint32_t addr, std::span<const std::uint8_t> bytes) = 0;

  virtual void set_breakpoint(std::uint32_t addr, bool on) = 0;
  virtual void set_watchpoint(std::uint32_t addr, std::uint32_t bytes, Watch watch, bool on) = 0;
  /// Forgets all breakpoints and watchpoints.
  virtual void clear_points() = 0;

  virtual bool waits_for_interrupt() const = 0;
  virtual std::uint64_t time_ps() const = 0;
  virtual std::uint64_t cycles() const = 0;
  virtual std::uint64_t instructions() const = 0;
};

}  // namespace cairn::platform::gdb
