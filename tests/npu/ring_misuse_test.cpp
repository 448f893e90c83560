// Command lists that use rings and features wrongly are stopped, each with its code and command.
#include "tests/npu/npu_bench.hpp"
#include "tests/npu/small_layers.hpp"

namespace cairn {
namespace {

using npu::Tile;
using numbers::Layer;
using Outcome = std::pair<std::uint32_t, std::uint32_t>;

constexpr std::uint32_t kBadCommand = 1, kOverrun = 2, kOutside = 3;

/// 4 x 4 pixels of one word each, to as many again.
class RingMisuseTest : public test::NpuBench {
 protected:
  RingMisuseTest() : NpuBench(defaults()) {}

  static constexpr std::uint32_t kWord = 64, kMap = 16 * kWord;

  Outcome outcome_of_ring(const npu::Ring& defined) {
    return outcome({test::ring_command(0, defined)});
  }
  Outcome outcome_of_layer(const npu::LayerPlacement& placement) {
    return outcome({test::ring_command(0, all_features()), test::layer_command(layer, placement)});
  }
  job::Command put(const npu::LayerPlacement& placement, std::uint8_t slot = 0) const {
    return test::layer_command(layer, placement, slot);
  }
  job::Command tile(std::uint8_t slot = 0) const {
    return test::tile_command(layer, whole, true, 0, slot);
  }
  job::Command pixels(std::uint32_t first, std::uint32_t count, bool is_last,
                      std::uint8_t slot = 0) const {
    Tile t = whole;
    t.first_pixel = first;
    t.pixels = count;
    return test::tile_command(layer, t, is_last, 0, slot);
  }

  const Layer layer = test::convolution({4, 4, 16}, 16, 1);
  const Tile whole = test::whole_layer(layer);
  const job::Command ring = test::ring_command(0, all_features());
};

TEST_F(RingMisuseTest, RingsMustLieInTheirMemoryAtWholeWords) {
  const std::uint64_t features = npu.features.bits(), buffer = npu.buffer.bits();
  using job::Memory;
  run([&] {
    EXPECT_EQ(outcome_of_ring({Memory::kFeatures, 0, features}), Outcome(0, 0));
    EXPECT_EQ(outcome_of_ring({Memory::kFeatures, 64, features}), Outcome(kOutside, 0));
    EXPECT_EQ(outcome_of_ring({Memory::kFeatures, features, 64}), Outcome(kOutside, 0));
    EXPECT_EQ(outcome_of_ring({Memory::kFeatures, 0xffff'ffc0, 64}), Outcome(kOutside, 0));
    EXPECT_EQ(outcome_of_ring({Memory::kBuffer, 64, buffer - 64}), Outcome(0, 0));
    EXPECT_EQ(outcome_of_ring({Memory::kBuffer, 0, buffer + 64}), Outcome(kOutside, 0));
    EXPECT_EQ(outcome_of_ring({Memory::kFeatures, 0, 0}), Outcome(kBadCommand, 0)) << "empty";
    EXPECT_EQ(outcome_of_ring({Memory::kFeatures, 32, 64}), Outcome(kBadCommand, 0));
    EXPECT_EQ(outcome_of_ring({Memory::kFeatures, 0, 96}), Outcome(kBadCommand, 0));
    EXPECT_EQ(outcome({test::ring_command(8, all_features())}), Outcome(kBadCommand, 0));
    EXPECT_EQ(outcome({test::with<job::RingCommand>(ring, [](auto& r) { r.memory = 2; })}),
              Outcome(kBadCommand, 0));
  });
}

TEST_F(RingMisuseTest, RingsThatShareBitsAreNotInUseAtTheSameTime) {
  using job::Memory;
  const job::Command first = test::ring_command(0, {Memory::kFeatures, 6400, 2 * kMap});
  const auto outcome_of_second = [&](const npu::Ring& second) {
    return outcome({first, test::ring_command(1, second), put({.in = {0, 0}, .out = {0, kMap}}),
                    put({.in = {1, 0}, .out = {1, kMap}}, 1)});
  };
  constexpr std::uint64_t kEnd = 6400 + 2 * kMap;
  run([&] {
    EXPECT_EQ(outcome_of_second({Memory::kFeatures, 6400 - 2 * kMap, 2 * kMap}), Outcome(0, 0));
    EXPECT_EQ(outcome_of_second({Memory::kFeatures, kEnd, 2 * kMap}), Outcome(0, 0));
    EXPECT_EQ(outcome_of_second({Memory::kBuffer, 6400, 2 * kMap}), Outcome(0, 0));
    EXPECT_EQ(outcome_of_second({Memory::kFeatures, 6400 - 64, 64 + 64}), Outcome(kBadCommand, 3));
    EXPECT_EQ(outcome_of_second({Memory::kFeatures, kEnd - 64, 2 * kMap}), Outcome(kBadCommand, 3));
    EXPECT_EQ(outcome_of_second({Memory::kFeatures, 0, 64'000}), Outcome(kBadCommand, 3));
    EXPECT_EQ(outcome({first, test::ring_command(1, {Memory::kFeatures, 6400, 2 * kMap}),
                       put({.in = {0, 0}, .out = {0, kMap}})}),
              Outcome(0, 0))
        << "only defined";
  });
}

TEST_F(RingMisuseTest, ALayerBeyondAnyFrameIsRefusedBeforeItTakesMemory) {
  Layer huge = test::max_pool({4, 4, 16}, 1, 1);
  run([&] {
    for (const numbers::Shape& shape :
         {numbers::Shape{32'768, 65'535, 1}, numbers::Shape{4096, 4096, 127}}) {
      huge.in = huge.out = shape;
      EXPECT_EQ(outcome({ring, test::layer_command(huge, {.in = {0, 0}, .out = {0, kMap}})}),
                Outcome(kBadCommand, 1));
    }
  });
}

TEST_F(RingMisuseTest, ARingMustBeDefinedAndHoldItsTensors) {
  run([&] {
    EXPECT_EQ(outcome({put({.in = {0, 0}, .out = {0, kMap}})}), Outcome(kBadCommand, 0));
    EXPECT_EQ(outcome_of_layer({.in = {0, 0}, .out = {1, 0}}), Outcome(kBadCommand, 1));
    EXPECT_EQ(outcome_of_layer({.in = {9, 0}, .out = {0, 0}}), Outcome(kBadCommand, 1));
    EXPECT_EQ(outcome_of_layer({.in = {0, 983'040}, .out = {0, 0}}), Outcome(kBadCommand, 1));
    EXPECT_EQ(outcome_of_layer({.in = {0, 0}, .out = {0, 0xffff'ffff}}), Outcome(kBadCommand, 1));
    const Layer wide = test::convolution({1, 1, 40'000}, 16, 1);
    EXPECT_EQ(outcome({test::ring_command(0, {job::Memory::kFeatures, 0, 64'000}),
                       test::layer_command(wide, {.in = {0, 0}, .out = {0, 0}})}),
              Outcome(kOverrun, 1))
        << "a pixel larger than its ring";
    EXPECT_EQ(outcome({put({.in = {0, 0}, .out = {0, kMap}})}), Outcome(kBadCommand, 0))
        << "rings are gone after a job";
  });
}

TEST_F(RingMisuseTest, ARingInUseCannotBeDefinedAgain) {
  run([&] {
    EXPECT_EQ(outcome({ring, ring}), Outcome(0, 0)) << "nothing lies in it";
    EXPECT_EQ(outcome({ring, put({.in = {0, 0}, .out = {0, kMap}}), ring}),
              Outcome(kBadCommand, 2));
    EXPECT_EQ(outcome({ring, put({.in = {0, 0}, .out = {0, kMap}}), tile(), ring}),
              Outcome(kBadCommand, 3))
        << "the output lies in it";
    const job::Command other = test::ring_command(1, {job::Memory::kFeatures, 6400, 6400});
    const job::Command below = test::ring_command(0, {job::Memory::kFeatures, 0, 6400});
    EXPECT_EQ(outcome({below, other, put({.in = {1, 0}, .out = {0, kMap}}), tile(), other}),
              Outcome(0, 0))
        << "its only tensor has been used up";
  });
}

TEST_F(RingMisuseTest, AnOutputDoesNotBeginInsideFeaturesStillNeeded) {
  run([&] {
    EXPECT_EQ(outcome_of_layer({.in = {0, 0}, .out = {0, kWord}}), Outcome(kBadCommand, 1));
    EXPECT_EQ(outcome_of_layer({.in = {0, 6400}, .out = {0, 6400 + kMap - 1}}),
              Outcome(kBadCommand, 1));
    EXPECT_EQ(outcome_of_layer({.in = {0, 6400}, .out = {0, 6400 - kWord}}), Outcome(0, 0))
        << "in place, one pixel ahead";
    // A tensor kept for later is needed after the layer that read it.
    EXPECT_EQ(
        outcome({ring, put({.in = {0, 0}, .out = {0, kMap}, .in_release = job::Release::kKept}),
                 tile(), put({.in = {0, kMap}, .out = {0, 5 * kWord}})}),
        Outcome(kBadCommand, 3));
  });
}

TEST_F(RingMisuseTest, AnInputDoesNotLieAcrossOtherFeatures) {
  run([&] {
    for (const std::uint32_t offset : {kMap + kWord, 2 * kMap - 1, 1u, kMap - 1})
      EXPECT_EQ(
          outcome({ring, put({.in = {0, 0}, .out = {0, kMap}, .in_release = job::Release::kKept}),
                   tile(), put({.in = {0, offset}, .out = {0, 6400}})}),
          Outcome(kBadCommand, 3))
          << "offset " << offset;
  });
}

TEST_F(RingMisuseTest, ATensorReadAfterItsReleaseIsNotThere) {
  run([&] {
    // The second layer reads the first one's input while the first is still at it.
    EXPECT_EQ(outcome({ring, put({.in = {0, 0}, .out = {0, kMap}}),
                       put({.in = {0, 0}, .out = {0, 6400}}, 1), pixels(0, 8, false), tile(1)}),
              Outcome(kBadCommand, 4));
    // The same, and the first has finished.
    EXPECT_EQ(outcome({ring, put({.in = {0, 0}, .out = {0, kMap}}),
                       put({.in = {0, 0}, .out = {0, 6400}}, 1), tile(), tile(1)}),
              Outcome(kBadCommand, 4));
    EXPECT_EQ(
        outcome({ring, put({.in = {0, 0}, .out = {0, kMap}, .in_release = job::Release::kKept}),
                 put({.in = {0, 0}, .out = {0, 6400}}, 1), tile(), tile(1)}),
        Outcome(0, 0));
  });
}

TEST_F(RingMisuseTest, FeaturesAreNotReadBeforeTheyAreWritten) {
  const npu::LayerPlacement first{.in = {0, 0}, .out = {0, kMap}},
      second{.in = {0, kMap}, .out = {0, 6400}};
  run([&] {
    EXPECT_EQ(outcome({ring, put(first), put(second, 1), pixels(0, 8, false), tile(1)}),
              Outcome(kBadCommand, 4));
    EXPECT_EQ(outcome({ring, put(first), put(second, 1), pixels(0, 8, false),
                       pixels(0, 8, false, 1), pixels(8, 8, true), pixels(8, 8, true, 1)}),
              Outcome(0, 0));
    EXPECT_EQ(outcome({ring, put(first), pixels(8, 8, true), put(second), tile()}),
              Outcome(kBadCommand, 4))
        << "the first half is missing";
  });
}

TEST_F(RingMisuseTest, FeaturesAreNotReadBeforeAllTheirChannelsAreWritten) {
  const npu::LayerPlacement first{.in = {0, 0}, .out = {0, kMap}},
      second{.in = {0, kMap}, .out = {0, 6400}};
  Tile low = whole, high = whole;
  low.channels = high.channels = high.first_channel = 8;
  run([&] {
    EXPECT_EQ(
        outcome({ring, put(first), test::tile_command(layer, low, false), put(second, 1), tile(1)}),
        Outcome(kBadCommand, 4));
    EXPECT_EQ(outcome({ring, put(first), test::tile_command(layer, low, false),
                       test::tile_command(layer, high, true), put(second, 1), tile(1)}),
              Outcome(0, 0));
  });
}

TEST_F(RingMisuseTest, AnOutputWhoseReaderIsDoneIsNotWrittenAnyMore) {
  const Layer upper = test::max_pool({4, 4, 16}, 1, 4);  // reads the first pixel
  const Tile one = test::whole_layer(upper);
  run([&] {
    EXPECT_EQ(outcome({ring, put({.in = {0, 0}, .out = {0, kMap}}), pixels(0, 8, false),
                       test::layer_command(upper, {.in = {0, kMap}, .out = {0, 6400}}, 1),
                       test::tile_command(upper, one, true, 0, 1), pixels(8, 8, true)}),
              Outcome(kBadCommand, 5));
  });
}

TEST_F(RingMisuseTest, PartialSumsLieWithinARingOfTheFeatureMemory) {
  Tile low = whole, high = whole;
  low.inputs = high.inputs = high.first_input = 8;
  const npu::Ring sums{job::Memory::kFeatures, 64'000, 16 * 16 * 32};
  const auto partial = [&](std::uint8_t number, std::uint32_t offset) {
    const auto place = [&](job::TileCommand& t) {
      t.partial_ring = number;
      t.partial_offset = offset;
    };
    return outcome({test::ring_command(0, {job::Memory::kFeatures, 0, 6400}),
                    test::ring_command(1, sums), test::ring_command(2, all_buffer()),
                    put({.in = {0, 0}, .out = {0, kMap}}),
                    test::with<job::TileCommand>(test::tile_command(layer, low, false), place),
                    test::with<job::TileCommand>(test::tile_command(layer, high, true), place)});
  };
  run([&] {
    EXPECT_EQ(partial(1, 0), Outcome(0, 0));
    EXPECT_EQ(partial(1, 32), Outcome(kOutside, 4));
    EXPECT_EQ(partial(1, 0xffff'ffe0), Outcome(kOutside, 4));
    EXPECT_EQ(partial(2, 0), Outcome(kOutside, 4)) << "in the buffer";
    EXPECT_EQ(partial(3, 0), Outcome(kOutside, 4)) << "not defined";
    EXPECT_EQ(partial(9, 0), Outcome(kOutside, 4)) << "no such ring";
  });
}

TEST_F(RingMisuseTest, PartialSumsBeginAtWholeSums) {
  Tile low = whole;
  low.inputs = 8;
  run([&] {
    for (const std::uint32_t offset : {1u, 8u, 16u, 33u})
      EXPECT_EQ(outcome({ring, put({.in = {0, 0}, .out = {0, kMap}}),
                         test::with<job::TileCommand>(
                             test::tile_command(layer, low, false),
                             [&](auto& t) { t.partial_offset = 64'000 + offset; })}),
                Outcome(kBadCommand, 2))
          << offset;
  });
}

}  // namespace
}  // namespace cairn
