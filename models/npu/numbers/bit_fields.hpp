// Dense bit fields to bytes and back, with the widest instructions at hand.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/npu/numbers/instruction_set.hpp"

namespace cairn::numbers {

/// Reads `count` fields of `bits` (1 to 8) bits from `bit` on: out[i] = (field ^ flip) - less.
/// `less` is at most 2^(bits-1), and 0 for 8 bits. Touches no byte beside those of the fields.
void expand_fields(const std::uint8_t* bytes, std::uint64_t bit, int bits, std::size_t count,
                   std::uint8_t flip, std::uint8_t less, std::uint8_t* out,
                   InstructionSet instructions = best_instruction_set());

/// Writes the low `bits` bits of `fields[i] ^ flip` from `bit` on; every other bit keeps its value.
void collapse_fields(const std::uint8_t* fields, std::size_t count, std::uint8_t flip,
                     std::uint8_t* bytes, std::uint64_t bit, int bits,
                     InstructionSet instructions = best_instruction_set());

/// The same with AVX-512 VBMI: collapse takes whole numbers of 8 fields on a byte boundary, not of
/// 7 bits; expand any bit, bits up to 7. They return how many fields they did: the most they could.
std::size_t expand_avx512(const std::uint8_t* bytes, std::uint64_t bit, int bits, std::size_t count,
                          std::uint8_t flip, std::uint8_t less, std::uint8_t* out);
std::size_t collapse_avx512(const std::uint8_t* fields, std::size_t count, std::uint8_t flip,
                            std::uint8_t* bytes, std::uint64_t bit, int bits);

}  // namespace cairn::numbers
