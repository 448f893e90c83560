// Packing: the layout bit by bit, round trips, neighbours, the ring's end.
#include "models/npu/numbers/packing.hpp"

#include <gtest/gtest.h>

#include <iostream>
#include <numeric>

#include "tests/numbers/random_layer.hpp"

namespace cairn::numbers {
namespace {

using test::Random;
using Bytes = std::vector<std::uint8_t>;

bool bit_of(const Bytes& bytes, std::uint64_t bit) {
  return (bytes[bit / 8] >> (bit % 8) & 1) != 0;
}

Bytes random_bytes(Random& random, std::size_t count) {
  Bytes bytes(count);
  for (auto& b : bytes)
    b = static_cast<std::uint8_t>(random.in(0, 255));
  return bytes;
}

/// A feature read one bit at a time, from a ring.
std::int32_t feature_of(const Bytes& bytes, std::uint64_t ring_bits, std::uint64_t bit,
                        const FeatureType& type) {
  std::int64_t value = 0;
  for (int i = 0; i < type.bits; ++i)
    value |= std::int64_t{bit_of(bytes, (bit + i) % ring_bits)} << i;
  const bool is_signed = type.is_signed || type.bits == kAccumulatorBits;
  if (is_signed && (value >> (type.bits - 1) & 1) != 0) value -= std::int64_t{1} << type.bits;
  return static_cast<std::int32_t>(value);
}

FeatureType random_type(Random& random) {
  if (random.chance(10)) return {kAccumulatorBits, true, 0};
  return {random.in(1, 8), random.chance(50), 0};
}

std::vector<std::int32_t> random_features(Random& random, const FeatureType& type,
                                          std::size_t count) {
  std::vector<std::int32_t> features(count);
  for (auto& f : features)
    f = type.bits == kAccumulatorBits ? random.word() : random.in(type.low(), type.high());
  return features;
}

TEST(FeaturePackingTest, PutsTheFirstFeatureIntoTheLeastSignificantBits) {
  Bytes bytes(2, 0);
  pack_features(std::vector<std::int32_t>{1, 2, 5}, {3, false, 0}, bytes, 0);
  EXPECT_EQ(bytes, (Bytes{0b01'010'001, 0b1}));
}

TEST(FeaturePackingTest, PacksNegativeFeaturesInTwosComplement) {
  Bytes bytes(1, 0);
  pack_features(std::vector<std::int32_t>{-1, -8}, {4, true, 0}, bytes, 0);
  EXPECT_EQ(bytes, (Bytes{0x8f}));
}

TEST(FeaturePackingTest, PacksRawAccumulatorsLittleEndian) {
  Bytes bytes(4, 0);
  pack_features(std::vector<std::int32_t>{-2}, {kAccumulatorBits, true, 0}, bytes, 0);
  EXPECT_EQ(bytes, (Bytes{0xfe, 0xff, 0xff, 0xff}));
}

TEST(FeaturePackingTest, ReadsWhatLiesThereForEveryWidthOffsetAndCount) {
  std::cout << "seed 1\n";
  Random random(1);
  for (int trial = 0; trial < 3000; ++trial) {
    const FeatureType type = random_type(random);
    const auto count = static_cast<std::size_t>(random.in(0, trial / 20));
    const auto offset = static_cast<std::uint64_t>(random.in(0, 70));
    const Bytes bytes = random_bytes(random, (offset + count * type.bits + 7) / 8);
    std::vector<std::int32_t> out(count);
    unpack_features(bytes, offset, type, out);
    for (std::size_t i = 0; i < count; ++i)
      ASSERT_EQ(out[i], feature_of(bytes, bytes.size() * 8, offset + i * type.bits, type))
          << type.bits << " bits, feature " << i << " of " << count << " at bit " << offset;
    if (type.bits == kAccumulatorBits) continue;
    std::vector<std::int16_t> narrow(count);
    unpack_features(bytes, offset, type, narrow);
    ASSERT_TRUE(std::equal(out.begin(), out.end(), narrow.begin()));
  }
}

TEST(FeaturePackingTest, WritesFeaturesAndLeavesEveryOtherBitAlone) {
  std::cout << "seed 2\n";
  Random random(2);
  for (int trial = 0; trial < 3000; ++trial) {
    const FeatureType type = random_type(random);
    const auto features =
        random_features(random, type, static_cast<std::size_t>(random.in(0, trial / 20)));
    const auto offset = static_cast<std::uint64_t>(random.in(0, 70));
    const std::uint64_t end = offset + features.size() * type.bits;
    const Bytes before = random_bytes(random, (end + 7) / 8);
    Bytes after = before;
    pack_features(features, type, after, offset);
    std::vector<std::int32_t> read(features.size());
    unpack_features(after, offset, type, read);
    ASSERT_EQ(read, features) << type.bits << " bits at bit " << offset;
    for (std::uint64_t bit = 0; bit < before.size() * 8; ++bit)
      ASSERT_TRUE((bit >= offset && bit < end) || bit_of(after, bit) == bit_of(before, bit))
          << "bit " << bit;
  }
}

TEST(FeaturePackingTest, DropsBitsAboveTheWidth) {
  Bytes bytes(1, 0);
  pack_features(std::vector<std::int32_t>{0x1f, 0}, {4, false, 0}, bytes, 0);
  EXPECT_EQ(bytes, (Bytes{0x0f}));
}

TEST(FeaturePackingTest, WrapsAtTheEndOfTheRing) {
  std::cout << "seed 3\n";
  Random random(3);
  for (int trial = 0; trial < 3000; ++trial) {
    const FeatureType type = random_type(random);
    const auto ring_bits = static_cast<std::uint64_t>(random.in(type.bits, 40 + trial / 10));
    const auto most = static_cast<int>(ring_bits) / type.bits;
    const auto features =
        random_features(random, type, static_cast<std::size_t>(random.in(0, most)));
    const auto offset = static_cast<std::uint64_t>(random.in(0, static_cast<int>(2 * ring_bits)));
    const Bytes before = random_bytes(random, (ring_bits + 7) / 8 + 3);
    Bytes after = before;
    pack_features_ring(features, type, after, ring_bits, offset);

    Bytes expected = before;
    for (std::size_t i = 0; i < features.size() * type.bits; ++i) {
      const std::uint64_t bit = (offset + i) % ring_bits;
      const int value = features[i / type.bits] >> (i % type.bits) & 1;
      expected[bit / 8] =
          static_cast<std::uint8_t>((expected[bit / 8] & ~(1 << bit % 8)) | value << bit % 8);
    }
    ASSERT_EQ(after, expected) << type.bits << " bits at " << offset << " of " << ring_bits;
    std::vector<std::int32_t> read(features.size());
    unpack_features_ring(after, ring_bits, offset, type, read);
    ASSERT_EQ(read, features) << type.bits << " bits at " << offset << " of " << ring_bits;
  }
}

TEST(FeaturePackingTest, RefusesARangeOutsideItsBytes) {
  Bytes bytes(4);
  std::vector<std::int16_t> out(9);
  EXPECT_THROW(unpack_features(bytes, 0, {4, false, 0}, out), std::length_error);
  EXPECT_THROW(unpack_features(bytes, ~std::uint64_t{0}, {4, false, 0}, out), std::length_error);
  EXPECT_THROW(pack_features(std::vector<std::int32_t>(8), {4, false, 0}, bytes, 1),
               std::length_error);
  EXPECT_THROW(unpack_features_ring(bytes, 35, 0, {4, false, 0}, out), std::length_error);
  EXPECT_THROW(unpack_features_ring(bytes, 32, 0, {4, false, 0}, out), std::length_error);
  EXPECT_THROW(unpack_features(bytes, 0, {9, false, 0}, std::span(out).first(1)),
               std::invalid_argument);
}

Layer pointwise(int in_channels, int out_channels, int weight_bits, WeightEncoding encoding) {
  Layer l;
  l.in.channels = in_channels;
  l.out.channels = out_channels;
  l.weight_bits = weight_bits;
  l.weight_encoding = encoding;
  l.requantisation = Requantisation::multiply;
  return l;
}

TEST(WeightPackingTest, PadsWeightsWithZerosToEightBytes) {
  const Layer layer = pointwise(3, 1, 4, WeightEncoding::twos_complement);
  ASSERT_EQ(weight_bytes(layer), 8U);
  Bytes bytes(8, 0xff);
  pack_weights(std::vector<std::int8_t>{-1, 7, -8}, layer, bytes);
  EXPECT_EQ(bytes, (Bytes{0x7f, 0x08, 0, 0, 0, 0, 0, 0}));
}

TEST(WeightPackingTest, BinaryWeightsAreOneForPlusAndZeroForMinus) {
  const Layer layer = pointwise(9, 1, 1, WeightEncoding::binary);
  const std::vector<std::int8_t> weights = {1, -1, -1, 1, 1, 1, -1, -1, 1};
  Bytes bytes(8, 0xff);
  pack_weights(weights, layer, bytes);
  EXPECT_EQ(bytes, (Bytes{0b00111001, 1, 0, 0, 0, 0, 0, 0}));
  std::vector<std::int8_t> read(9);
  unpack_weights(bytes, layer, read);
  EXPECT_EQ(read, weights);
}

TEST(WeightPackingTest, TernaryWeightsAreTwoBitsInTwosComplement) {
  const Layer layer = pointwise(4, 1, 2, WeightEncoding::ternary);
  Bytes bytes(8, 0);
  pack_weights(std::vector<std::int8_t>{0, 1, -1, 1}, layer, bytes);
  EXPECT_EQ(bytes[0], 0b01'11'01'00);
}

TEST(WeightPackingTest, ReturnsWhatWasPackedForEveryEncoding) {
  std::cout << "seed 4\n";
  Random random(4);
  for (int trial = 0; trial < 1000; ++trial) {
    const Layer layer = random.layer(2 + trial / 100);
    const auto weights = random.weights(layer);
    Bytes bytes(weight_bytes(layer));
    pack_weights(weights, layer, bytes);
    std::vector<std::int8_t> read(weights.size());
    unpack_weights(bytes, layer, read);
    ASSERT_EQ(read, weights) << test::describe(layer);
  }
}

TEST(TablePackingTest, MultiplyEntriesAreBiasMultiplierShift) {
  Layer layer = pointwise(1, 1, 8, WeightEncoding::twos_complement);
  ASSERT_EQ(table_bytes(layer), 16U);
  Bytes bytes(16, 0xff);
  pack_table({{-2}, {3}, {4}, {}, {}}, layer, bytes);
  EXPECT_EQ(bytes, (Bytes{0xfe, 0xff, 0xff, 0xff, 3, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(TablePackingTest, ThresholdsFollowTheirFlagWord) {
  Layer layer = pointwise(1, 1, 8, WeightEncoding::twos_complement);
  layer.requantisation = Requantisation::thresholds;
  layer.out_type.bits = 2;
  ASSERT_EQ(table_bytes(layer), 16U);
  Bytes bytes(16);
  pack_table({{}, {}, {}, {-1, 5, 256}, {1}}, layer, bytes);
  EXPECT_EQ(bytes, (Bytes{1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 5, 0, 0, 0, 0, 1, 0, 0}));
}

TEST(TablePackingTest, AnEmptyBiasIsPackedAsZeros) {
  Layer layer = pointwise(1, 3, 8, WeightEncoding::twos_complement);
  layer.requantisation = Requantisation::none;
  layer.out_type = {kAccumulatorBits, true, 0};
  ASSERT_EQ(table_bytes(layer), 16U);
  Bytes bytes(16, 0xff);
  pack_table({}, layer, bytes);
  EXPECT_EQ(bytes, Bytes(16, 0));
  EXPECT_EQ(unpack_table(bytes, layer).bias, std::vector<std::int32_t>(3, 0));
}

TEST(TablePackingTest, MaxPoolHasNeitherWeightsNorTable) {
  Layer layer;
  layer.op = Op::max_pool;
  EXPECT_EQ(weight_bytes(layer), 0U);
  EXPECT_EQ(table_bytes(layer), 0U);
}

TEST(TablePackingTest, AShiftThatAFaultMadeTooLargeIsTakenAsTheLargest) {
  const Layer layer = pointwise(1, 1, 8, WeightEncoding::twos_complement);
  Bytes bytes(16, 0);
  bytes[11] = 0x80;
  EXPECT_EQ(unpack_table(bytes, layer).shift.at(0), 62U);
}

TEST(TablePackingTest, ReturnsWhatWasPackedForEveryRequantisation) {
  std::cout << "seed 5\n";
  Random random(5);
  for (int trial = 0; trial < 500; ++trial) {
    const Layer layer = random.layer(6);
    const Table table = random.table(layer);
    Bytes bytes(table_bytes(layer));
    pack_table(table, layer, bytes);
    const Table read = unpack_table(bytes, layer);
    ASSERT_EQ(read.bias, table.bias) << test::describe(layer);
    ASSERT_EQ(read.multiplier, table.multiplier);
    ASSERT_EQ(read.shift, table.shift);
    ASSERT_EQ(read.thresholds, table.thresholds);
    ASSERT_EQ(read.descending, table.descending);
  }
}

}  // namespace
}  // namespace cairn::numbers
