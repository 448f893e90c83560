// In which order the tiles of two layers take turns.
#include "compiler/map/tile_sequence.hpp"

#include <gtest/gtest.h>

#include "tests/compiler/fake_mapping.hpp"
#include "tests/compiler/sample_network.hpp"
#include "tests/compiler/small_resnet.hpp"

namespace cairn::test {
namespace {

using compiler::Group;
using compiler::Network;

TEST(TileSequenceTest, APairTakesTurnsPieceByPiece) {
  const Network n = sample_network(2, 4, {4, 8, 4});
  FakeMapping mapping(65'536, 65'536);
  mapping.pixels = 3;
  mapping.channels = 4;
  const Group pair{Group::Kind::pair, 0, 1};
  const auto plan = [&](std::size_t i) { return mapping.plan(n.layers[i].layer, {}); };
  const auto uses = tile_sequence(n, pair, plan(0), plan(1));
  ASSERT_EQ(uses.size(), 9u);  // 3 pieces of two chunks and one chunk
  for (std::size_t i = 0; i < uses.size(); ++i) {
    EXPECT_EQ(uses[i].layer, i % 3 == 2 ? 1u : 0u);
    EXPECT_EQ(uses[i].tile.first_pixel, i / 3 * 3);
    EXPECT_EQ(uses[i].is_last, i >= 7) << "tile " << i;
  }
}

/// Whether all first-layer pixels that pixel `o` of the second reads are there.
bool is_fed(const numbers::Layer& second, std::uint32_t o, const std::vector<bool>& made) {
  const int y = static_cast<int>(o) / second.out.width, x = static_cast<int>(o) % second.out.width;
  for (int ky = 0; ky < second.kernel_h; ++ky)
    for (int kx = 0; kx < second.kernel_w; ++kx) {
      const int row = y * second.stride_h - second.pad_top + ky,
                column = x * second.stride_w - second.pad_left + kx;
      if (row < 0 || column < 0 || row >= second.in.height || column >= second.in.width) continue;
      if (!made[static_cast<std::size_t>(row * second.in.width + column)]) return false;
    }
  return true;
}

TEST(TileSequenceTest, AStreamComputesEveryPixelOnceAndBehindThoseThatItReads) {
  for (unsigned seed = 0; seed < 100; ++seed)
    for (const std::uint32_t channels : {0u, 2u}) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      const Network n = small_resnet(seed, false);
      const numbers::Layer &a = n.layers[0].layer, &b = n.layers[1].layer;
      FakeMapping mapping(65'536, 65'536);
      mapping.channels = channels;
      mapping.pixels = 4;  // a stream cuts as it must, whatever a plan says
      std::vector<bool> made(static_cast<std::size_t>(a.out.pixels()), false);
      std::vector<std::int64_t> elements(2, 0);
      std::uint32_t next[2] = {0, 0};  // pixels come in raster order
      for (const auto& use : tile_sequence(n, {Group::Kind::stream, 0, 1}, mapping.plan(a, {}),
                                           mapping.plan(b, {}))) {
        const npu::Tile& t = use.tile;
        const numbers::Layer& l = use.layer == 0 ? a : b;
        ASSERT_EQ(t.first_pixel, next[use.layer]);
        elements[use.layer] += std::int64_t{t.pixels} * t.channels;
        const bool finishes =
            t.first_channel + t.channels == static_cast<std::uint32_t>(l.out.channels);
        for (std::uint32_t o = t.first_pixel; o < t.first_pixel + t.pixels; ++o) {
          if (use.layer == 0 && finishes) made[o] = true;
          if (use.layer == 1) {
            ASSERT_TRUE(is_fed(b, o, made)) << "pixel " << o;
          }
        }
        if (finishes) next[use.layer] += t.pixels;
      }
      ASSERT_EQ(elements[0], a.out.elements());
      ASSERT_EQ(elements[1], b.out.elements());
    }
}

}  // namespace
}  // namespace cairn::test
