// A program in assembler, built with the cross compiler and run to its end here and on QEMU.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "models/cpu/hart_config.hpp"

namespace cairn::test {

/// Loaded at the base of RAM; prints through the UART and ends through the finisher. Its files go
/// with it. Throws std::runtime_error where a tool is missing or a program does not end.
class AssembledProgram {
 public:
  /// `source`: a .S file; it may include its neighbours.
  explicit AssembledProgram(const std::filesystem::path& source);
  ~AssembledProgram();
  AssembledProgram(const AssembledProgram&) = delete;
  AssembledProgram& operator=(const AssembledProgram&) = delete;

  /// What it prints on `qemu-system-riscv32 -M virt` without supervisor mode.
  std::string text_on_qemu() const;
  /// What it prints on our hart, which is run in slices of `slice` cycles.
  std::string text_on_hart(hart::Engine engine, std::uint64_t slice) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace cairn::test
