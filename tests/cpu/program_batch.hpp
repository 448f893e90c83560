// Many programs in one memory image, and what each of them left behind there.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tests/cpu/program_tree.hpp"

namespace cairn::test {

/// A program with the seed of its data and of the registers that it starts with.
struct Candidate {
  Program program;
  std::uint32_t seed = 0;
};

inline constexpr std::uint32_t kBatchRamBase = 0x8000'0000, kBatchRamBytes = 16u << 20;
inline constexpr std::uint32_t kSlotBytes = 0x8000;
/// Programs that fit into one image, below the device tree that QEMU writes near the end of RAM.
inline constexpr std::size_t kBatchPrograms = (kBatchRamBytes - (2u << 20)) / kSlotBytes - 1;

using Memory = std::vector<std::uint8_t>;

/// The machine code of random_supervisor.S, for kBatchRamBase; assembled at the first call. Throws
/// std::runtime_error without the cross assembler.
const std::vector<std::uint8_t>& supervisor();

/// All of RAM before the first instruction, at kBatchRamBase. At most kBatchPrograms programs.
Memory batch_image(std::span<const Candidate> programs);

/// The first program whose slot differs.
std::optional<std::size_t> first_difference(std::span<const std::uint8_t> ours,
                                            std::span<const std::uint8_t> theirs,
                                            std::size_t programs);

/// What differs in this slot, in words; at most some ten lines.
std::string describe_difference(std::span<const std::uint8_t> ours,
                                std::span<const std::uint8_t> theirs, std::size_t program);

/// Disassembly by the cross binutils, or the bare words without them.
std::string disassemble(const Program& program);

}  // namespace cairn::test
