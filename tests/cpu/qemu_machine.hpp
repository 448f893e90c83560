// A memory image run to its end on qemu-system-riscv32, an implementation that shares nothing with
// ours.
#pragma once

#include <filesystem>

#include "tests/cpu/program_batch.hpp"

namespace cairn::test {

/// Starts one QEMU virt board in machine mode at the beginning of this RAM and returns the RAM that
/// it leaves when the program has ended it through the finisher. Throws std::runtime_error if it is
/// missing or does not end within 60 seconds.
Memory run_on_qemu(const Memory& image);

}  // namespace cairn::test
