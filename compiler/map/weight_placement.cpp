#include "compiler/map/weight_placement.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <tuple>

namespace cairn::compiler {

namespace {

constexpr std::uint32_t kAlignment = 64;

std::uint32_t round_up(std::uint32_t value) {
  return (value + kAlignment - 1) / kAlignment * kAlignment;
}

bool overlap(const WeightBlock& a, const WeightBlock& b) {
  return a.bytes > 0 && b.bytes > 0 && a.offset < b.offset + b.bytes &&
         b.offset < a.offset + a.bytes;
}

/// Number of layers up to the last one whose block lies where `block` would.
std::uint32_t computed_before(const std::vector<WeightBlock>& placed, const WeightBlock& block) {
  for (std::size_t i = placed.size(); i-- > 0;)
    if (overlap(placed[i], block)) return static_cast<std::uint32_t>(i) + 1;
  return 0;
}

/// Ends of the SRAM, and right behind and right before the blocks placed so far.
std::vector<std::uint32_t> candidates(const std::vector<WeightBlock>& placed, std::uint32_t bytes,
                                      std::uint32_t capacity) {
  const std::uint32_t top = (capacity - bytes) / kAlignment * kAlignment;
  std::vector<std::uint32_t> offsets{0, top};
  for (const WeightBlock& b : placed) {
    if (b.bytes == 0) continue;
    offsets.push_back(round_up(b.offset + b.bytes));
    if (b.offset >= round_up(bytes)) offsets.push_back(b.offset - round_up(bytes));
  }
  std::erase_if(offsets, [&](std::uint32_t offset) { return offset > top; });
  std::sort(offsets.begin(), offsets.end());
  offsets.erase(std::unique(offsets.begin(), offsets.end()), offsets.end());
  return offsets;
}

/// Room for a block of `next` bytes beside `block`.
bool leaves_room(const WeightBlock& block, std::uint32_t next, std::uint32_t capacity) {
  const std::uint64_t above = round_up(block.offset + block.bytes);
  return next <= block.offset || above + next <= capacity;
}

/// The first size above 0 from `from` on; 0 if there is none.
std::uint32_t next_size(const std::vector<std::uint32_t>& bytes, std::size_t from) {
  const auto next = std::find_if(bytes.begin() + static_cast<std::ptrdiff_t>(from), bytes.end(),
                                 [](std::uint32_t b) { return b > 0; });
  return next == bytes.end() ? 0 : *next;
}

}  // namespace

std::vector<WeightBlock> place_weights(const std::vector<std::uint32_t>& bytes,
                                       std::uint32_t capacity) {
  std::vector<WeightBlock> placed;
  WeightBlock previous;  // the last block that is not empty
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    assert(bytes[n] <= capacity);
    if (bytes[n] == 0) {
      placed.emplace_back();
      continue;
    }
    const std::uint32_t next = next_size(bytes, n + 1);
    // Lower is better. The first two can always be had together if they can be had at all: a block
    // at one end of the SRAM leaves the other end to the next one.
    const auto badness = [&](const WeightBlock& b) {
      return std::tuple(overlap(b, previous), !leaves_room(b, next, capacity), b.computed_before,
                        b.offset);
    };
    std::optional<WeightBlock> best;
    for (const std::uint32_t offset : candidates(placed, bytes[n], capacity)) {
      WeightBlock block{bytes[n], offset, 0};
      block.computed_before = computed_before(placed, block);
      if (!best || badness(block) < badness(*best)) best = block;
    }
    previous = *best;
    placed.push_back(previous);
  }
  return placed;
}

}  // namespace cairn::compiler
