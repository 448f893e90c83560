// The host-target interface of RISC-V test programs: the words tohost and fromhost.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>

#include "platform/loader/elf_file.hpp"
#include "platform/machine.hpp"

namespace cairn::platform {

/// Serves a program that has a symbol `tohost`, as Spike does; any other program runs as it is.
///
/// A store to the low word of the 64-bit tohost is a command; its high word, written before, holds
/// device (bits 31..24) and command (23..16):
/// - device 0, odd payload n: the end; the run's code is n >> 1, 0 is success.
/// - device 0, even payload: the address of four 64-bit words, a system call and its arguments.
///   `write` (64) to descriptors 1 and 2 and `exit` (93) are served, others answer -ENOSYS.
/// - device 1, command 1: prints the character in bits 7..0.
/// After any other command tohost is zero again; a system call's answer is fromhost = 1.
class Htif {
 public:
  /// Watches the stores of `machine`, which prints to `out`. Both must live as long as this.
  Htif(const ElfFile& program, Machine& machine, std::ostream& out);
  Htif(const Htif&) = delete;
  Htif& operator=(const Htif&) = delete;

 private:
  std::optional<std::uint32_t> stored();
  std::optional<std::uint32_t> system_call(std::uint32_t block);
  std::int64_t write(std::uint64_t descriptor, std::uint64_t address, std::uint64_t bytes);
  void put(std::uint32_t address, std::uint64_t value);

  Machine& machine_;
  std::ostream& out_;
  std::uint32_t tohost_ = 0;
  std::uint32_t bytes_ = 8;  ///< of tohost
  std::optional<std::uint32_t> fromhost_;
};

}  // namespace cairn::platform
