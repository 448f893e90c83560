// Weight blocks in their memory, from tile to tile.
#include "compiler/map/weight_store.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace cairn::test {
namespace {

using compiler::BlockUse;
using compiler::place_blocks;
using Numbers = std::vector<std::uint32_t>;

std::uint32_t aligned(std::uint32_t bytes) {
  return (bytes + 63) / 64 * 64;
}

/// Plays the uses: at every byte of the memory, which block's bytes lie there. Between tile
/// `computed_before` - 1 and its own, a load may happen at any time, so it counts as having
/// happened as early as it may, behind the loads before it.
class Memory {
 public:
  Memory(const Numbers& ids, const Numbers& bytes, std::uint32_t capacity)
      : ids_(ids), bytes_(bytes), uses_(place_blocks(ids, bytes, capacity)), memory_(capacity) {}

  /// Which tile does not find its block, or why the uses make no sense; empty if all is well.
  std::string play() {
    std::size_t loaded = 0;  // tiles whose loads are done
    for (std::uint32_t tile = 0; tile < ids_.size(); ++tile) {
      while (loaded < ids_.size() && may_load(loaded, tile))
        if (!load(loaded++)) return "a block leaves the memory";
      if (loaded <= tile)
        return "tile " + std::to_string(tile) + " waits for a load that waits for it";
      if (!is_there(tile)) return "tile " + std::to_string(tile) + " does not find its block";
    }
    return "";
  }
  const std::vector<BlockUse>& uses() const { return uses_; }

 private:
  bool may_load(std::size_t next, std::uint32_t computed) const {
    return !uses_[next].is_load || uses_[next].computed_before <= computed;
  }
  bool load(std::size_t tile) {
    const BlockUse& u = uses_[tile];
    if (!u.is_load) return true;
    const std::uint32_t size = bytes_[ids_[tile]];
    if (u.offset % 64 != 0 || u.offset + size > memory_.size() || u.computed_before > tile)
      return false;
    std::fill_n(memory_.begin() + u.offset, size, ids_[tile] + 1);
    return true;
  }
  bool is_there(std::uint32_t tile) const {
    const auto begin = memory_.begin() + uses_[tile].offset;
    return std::all_of(begin, begin + bytes_[ids_[tile]],
                       [&](std::uint32_t id) { return id == ids_[tile] + 1; });
  }

  const Numbers &ids_, &bytes_;
  const std::vector<BlockUse> uses_;
  Numbers memory_;
};

TEST(WeightStoreTest, EveryTileFindsItsBlockHoweverEarlyTheLoadsCome) {
  const unsigned seed = 20256;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 2'000; ++round) {
    const auto capacity = static_cast<std::uint32_t>(64 * (1 + random() % 40));
    Numbers bytes{0};
    for (std::size_t blocks = 1 + random() % 12; blocks > 0; --blocks)
      bytes.push_back(1 + static_cast<std::uint32_t>(random() % (capacity / (1 + random() % 6))));
    Numbers ids;
    for (std::size_t tiles = 1 + random() % 60; tiles > 0; --tiles)
      ids.push_back(!ids.empty() && random() % 3 == 0
                        ? ids.back()
                        : static_cast<std::uint32_t>(random() % bytes.size()));
    Memory memory(ids, bytes, capacity);
    ASSERT_EQ(memory.play(), "") << "round " << round;
  }
}

TEST(WeightStoreTest, WhatFitsBesideTheBlockBeforeDoesNotWaitForIt) {
  const unsigned seed = 20257;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    const auto capacity = static_cast<std::uint32_t>(64 * (16 + random() % 100));
    Numbers ids, bytes;
    for (std::uint32_t i = 0; i < 2 || random() % 10 != 0; ++i) {
      ids.push_back(i);
      bytes.push_back(8 +
                      static_cast<std::uint32_t>(random() % (capacity / (1 + random() % 4) - 8)));
    }
    const auto uses = place_blocks(ids, bytes, capacity);
    for (std::size_t i = 1; i < ids.size(); ++i)
      if (aligned(bytes[i - 1]) + aligned(bytes[i]) <= capacity) {
        ASSERT_LT(uses[i].computed_before, i) << "round " << round << ", block " << i;
      }
  }
}

TEST(WeightStoreTest, BlocksThatAllFitAreLoadedOnceAndWaitForNothing) {
  const Numbers ids{0, 1, 0, 2, 3, 1, 0, 4, 3};
  const auto uses = place_blocks(ids, {100, 200, 0, 300, 64}, 1'024);
  const std::vector<bool> loads{true, true, false, false, true, false, false, true, false};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(uses[i].is_load, loads[i]) << "tile " << i;
    EXPECT_EQ(uses[i].computed_before, 0u);
  }
  EXPECT_EQ(uses[6].offset, uses[0].offset);
}

TEST(WeightStoreTest, ABlockWaitsForTheLastTileInItsPlace) {
  const auto uses = place_blocks({0, 1, 2, 3}, {640, 384, 640, 1'024}, 1'024);
  EXPECT_EQ(uses[1].computed_before, 0u);
  EXPECT_EQ(uses[2].computed_before, 1u);
  EXPECT_EQ(uses[3].computed_before, 3u);
}

TEST(WeightStoreTest, LooksAheadForTheNextBlock) {
  // 320 right behind 256 would leave 448 bytes in two pieces, none of them large enough for the
  // third.
  EXPECT_EQ(place_blocks({0, 1, 2}, {256, 320, 512}, 1'024)[2].computed_before, 1u);
}

TEST(WeightStoreTest, WhatIsNeededLatestMakesRoom) {
  // Three blocks of a third each, then a fourth: block 1 is used again after 0 and 2 are.
  const auto uses = place_blocks({0, 1, 2, 3, 2, 0, 1}, {320, 320, 320, 320}, 1'024);
  EXPECT_TRUE(uses[3].is_load);
  EXPECT_EQ(uses[3].offset, uses[1].offset);
  EXPECT_FALSE(uses[4].is_load);
  EXPECT_FALSE(uses[5].is_load);
  EXPECT_TRUE(uses[6].is_load);
}

}  // namespace
}  // namespace cairn::test
