// Features between codes and packed bit streams in a ring.
#include <stdexcept>
#include <string>

#include "models/npu/numbers/bit_fields.hpp"
#include "models/npu/numbers/bit_groups.hpp"
#include "models/npu/numbers/packing.hpp"
#include "models/npu/numbers/ring_range.hpp"

namespace cairn::numbers {

namespace {

/// Two's complement has its sign bit flipped: the lowest feature is code 0.
std::uint8_t flip_of(const FeatureType& type) {
  return static_cast<std::uint8_t>(type.is_signed ? 1 << (type.bits - 1) : 0);
}

void require_width(const FeatureType& type) {
  if (type.bits < 1 || type.bits > 8)
    throw std::invalid_argument("codes of " + std::to_string(type.bits) + " bits");
}

/// The feature that lies across the ring's end, as bytes of its own.
std::uint64_t read_across(const RingRange& range, std::span<const std::uint8_t> ring,
                          std::uint64_t ring_bits, int bits) {
  return read_bits(ring.data(), ring_bits - range.across, range.across) |
         read_bits(ring.data(), 0, bits - range.across) << range.across;
}

}  // namespace

void unpack_codes_ring(std::span<const std::uint8_t> ring, std::uint64_t ring_bits,
                       std::uint64_t bit_offset, const FeatureType& type,
                       std::span<std::uint8_t> codes) {
  require_width(type);
  const RingRange range(ring.size(), ring_bits, bit_offset, type.bits, codes.size());
  expand_fields(ring.data(), range.bit, type.bits, range.before, flip_of(type), 0, codes.data());
  if (range.across != 0) {
    const std::uint64_t field = read_across(range, ring, ring_bits, type.bits);
    codes[range.before] = static_cast<std::uint8_t>((field ^ flip_of(type)) & ones(type.bits));
  }
  if (range.after() < codes.size())
    expand_fields(ring.data(), range.after_bit, type.bits, codes.size() - range.after(),
                  flip_of(type), 0, codes.data() + range.after());
}

void pack_codes_ring(std::span<const std::uint8_t> codes, const FeatureType& type,
                     std::span<std::uint8_t> ring, std::uint64_t ring_bits,
                     std::uint64_t bit_offset) {
  require_width(type);
  const RingRange range(ring.size(), ring_bits, bit_offset, type.bits, codes.size());
  collapse_fields(codes.data(), range.before, flip_of(type), ring.data(), range.bit, type.bits);
  if (range.across != 0) {
    const std::uint64_t field = codes[range.before] ^ flip_of(type);
    write_bits(ring.data(), ring_bits - range.across, range.across, field);
    write_bits(ring.data(), 0, type.bits - range.across, field >> range.across);
  }
  if (range.after() < codes.size())
    collapse_fields(codes.data() + range.after(), codes.size() - range.after(), flip_of(type),
                    ring.data(), range.after_bit, type.bits);
}

void pack_code_runs(std::span<const std::uint8_t> codes, const FeatureType& type,
                    std::span<std::uint8_t> ring, const RingRuns& to) {
  if (to.runs == 0) return;
  const std::size_t run = codes.size() / to.runs;
  // Where the last run ends within the turn in which the first begins, none meets the ring's end.
  const std::uint64_t begin = to.bit_offset % to.ring_bits, width = run * type.bits;
  const bool is_straight = to.ring_bits <= 8 * ring.size() && begin + width <= to.ring_bits &&
                           (to.runs - 1) * to.pitch <= to.ring_bits - begin - width;
  if (!is_straight) {
    for (std::size_t i = 0; i < to.runs; ++i)
      pack_codes_ring(codes.subspan(i * run, run), type, ring, to.ring_bits,
                      to.bit_offset + i * to.pitch);
    return;
  }
  require_width(type);
  for (std::size_t i = 0; i < to.runs; ++i)
    collapse_fields(codes.data() + i * run, run, flip_of(type), ring.data(), begin + i * to.pitch,
                    type.bits);
}

}  // namespace cairn::numbers
