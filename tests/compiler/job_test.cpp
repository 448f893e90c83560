// Job images: what is written is what runs.
#include <gtest/gtest.h>

#include "compiler/compile.hpp"
#include "compiler/job_reader.hpp"
#include "models/npu/cores/ms/mapping.hpp"
#include "models/npu/numbers/packing.hpp"
#include "tests/compiler/fake_mapping.hpp"
#include "tests/compiler/list_walker.hpp"
#include "tests/compiler/sample_network.hpp"

namespace cairn::test {
namespace {

using compiler::Job;
using compiler::Network;

std::vector<std::int16_t> random_features(const Network& network, std::mt19937& random) {
  std::vector<std::int16_t> features(static_cast<std::size_t>(network.input.elements()));
  for (std::int16_t& f : features)
    f = static_cast<std::int16_t>(random() % 16);
  return features;
}

std::vector<std::uint8_t> packed(const Network& network, const std::vector<std::int16_t>& features,
                                 const Job& job) {
  std::vector<std::uint8_t> bytes(job.input_bytes);
  numbers::pack_features(std::vector<std::int32_t>(features.begin(), features.end()),
                         network.input_type, bytes, 0);
  return bytes;
}

std::vector<std::int32_t> unpacked(const Network& network, const std::vector<std::uint8_t>& bytes) {
  std::vector<std::int32_t> out(static_cast<std::size_t>(network.last().out.elements()));
  numbers::unpack_features(bytes, 0, network.last().out_type, out);
  return out;
}

/// Runs the job in a random interleaving and compares with the reference.
void expect_runs(const Network& network, const npu::Mapping& mapping, std::mt19937& random,
                 bool* overlapped = nullptr) {
  const Job job = compiler::compile(network, mapping);
  const auto features = random_features(network, random);
  ListWalker walker(job.image, mapping.geometry().feature_bits, mapping.geometry().weight_bytes);
  ASSERT_EQ(walker.run(packed(network, features, job), random), "");
  EXPECT_EQ(unpacked(network, walker.output), compiler::run_reference(network, features));
  if (overlapped) *overlapped |= walker.overlapped;
}

TEST(JobTest, RunsInEveryOrderThatTheTokensAllow) {
  const unsigned seed = 20255;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  bool overlapped = false;
  for (int round = 0; round < 150; ++round) {
    std::vector<int> channels{1 + static_cast<int>(random() % 8)};
    for (int layers = 1 + static_cast<int>(random() % 9); layers > 0; --layers)
      channels.push_back(1 + static_cast<int>(random() % 90));
    const Network network = sample_network(2, 1 + static_cast<int>(random() % 3), channels, round);
    std::uint64_t largest = 0;
    for (const auto& l : network.layers)
      largest = std::max<std::uint64_t>(
          largest, numbers::weight_bytes(l.layer) + numbers::table_bytes(l.layer));
    const auto weight_bytes =
        static_cast<std::uint32_t>((largest * (8 + random() % 16) / 8 + 63) / 64 * 64);
    expect_runs(network, FakeMapping(64 * (400 + random() % 200), weight_bytes), random,
                &overlapped);
    if (HasFatalFailure()) return;
  }
  EXPECT_TRUE(overlapped) << "no weights were ever loaded while a layer computed";
}

TEST(JobTest, AnOutputAcrossTheEndOfTheRingIsStoredInTwoPieces) {
  std::mt19937 random(1);
  const Network network = sample_network(2, 2, {8, 8, 4});
  // Input 128 bits, first output 128 bits: the last one needs 512 bits from bit 256 on.
  const Job job = compiler::compile(network, FakeMapping(704, 65'536));
  EXPECT_EQ(job.layers.back().out_offset, 256u);
  const auto contents = compiler::read_job(job.image, "image");
  const auto& last = contents.descriptors;
  ASSERT_GE(last.size(), 2u);
  EXPECT_EQ(last[last.size() - 2].row_bytes, (704u - 256u) / 8);
  EXPECT_EQ(last.back().source_offset, 0u);
  EXPECT_EQ(last.back().row_bytes, 8u);
  expect_runs(network, FakeMapping(704, 65'536), random);
}

TEST(JobTest, RunsOnTheMemoryStationaryCore) {
  std::mt19937 random(2);
  expect_runs(sample_network(6, 7, {3, 20, 33, 10}), npu::ms::MsMapping(npu::ms::defaults()),
              random);
}

TEST(JobTest, TheHeaderNamesCoreGeometryAndSizes) {
  const FakeMapping mapping(65'536, 65'536);
  const Job job = compiler::compile(sample_network(3, 3, {3, 5, 2}), mapping);
  const auto contents = compiler::read_job(job.image, "image");
  EXPECT_EQ(contents.header.core, 77);
  EXPECT_EQ(contents.header.geometry_hash, mapping.geometry().hash());
  EXPECT_EQ(contents.header.input_bytes, 14u);  // 27 features of 4 bits
  EXPECT_EQ(contents.header.output_bytes, 72u);
  EXPECT_EQ(contents.names, (std::vector<std::string>{"layer1", "layer2"}));
  EXPECT_EQ(contents.commands.size(), 3u);
  EXPECT_EQ(contents.commands.back().wait_count, contents.descriptors.size());
}

TEST(JobTest, LargeBlocksAreMovedInRowsAndARemainder) {
  const Job job = compiler::compile(sample_network(1, 1, {90, 90, 1}), FakeMapping(65'536, 65'536));
  const auto contents = compiler::read_job(job.image, "image");
  const job::Descriptor &rows = contents.descriptors[1], &rest = contents.descriptors[2];
  EXPECT_EQ(rows.row_bytes, 2'048u);
  EXPECT_EQ(rows.rows, 4u);  // 90 * 90 / 2 bytes of weights, 90 * 64 of thresholds
  EXPECT_EQ(rest.rows, 1u);
  EXPECT_EQ(rows.row_bytes * rows.rows + rest.row_bytes, job.layers[0].block_bytes);
  EXPECT_EQ(contents.commands[0].wait_count, 3);
}

TEST(JobTest, TheSameNetworkGivesTheSameBytes) {
  const FakeMapping mapping(65'536, 4'096);
  EXPECT_EQ(compiler::compile(sample_network(2, 2, {3, 30, 2}), mapping).image,
            compiler::compile(sample_network(2, 2, {3, 30, 2}), mapping).image);
}

}  // namespace
}  // namespace cairn::test
