// Job images: what is written is what runs.
#include <gtest/gtest.h>

#include "models/npu/cores/ms/mapping.hpp"
#include "tests/compiler/fake_mapping.hpp"
#include "tests/compiler/onnx_model.hpp"
#include "tests/compiler/sample_network.hpp"
#include "tests/compiler/small_resnet.hpp"
#include "tests/compiler/walk.hpp"

namespace cairn::test {
namespace {

using compiler::CompileOptions;
using compiler::Job;
using compiler::Network;

/// The commands of one kind.
template <typename As>
std::vector<As> commands(const Job& job, job::Kind kind) {
  std::vector<As> found;
  for (const job::Command& c : compiler::read_job(job.image, "image").commands)
    if (c.kind == static_cast<std::uint8_t>(kind)) found.push_back(npu::as<As>(c));
  return found;
}

std::vector<job::TileCommand> tiles(const Job& job) {
  return commands<job::TileCommand>(job, job::Kind::kTile);
}

TEST(JobTest, RunsInEveryOrderThatTheTokensAllow) {
  const unsigned seed = 20255;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  bool overlapped = false;
  for (unsigned round = 0; round < 150; ++round) {
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
    expect_walks(network, FakeMapping(64 * (400 + random() % 200), weight_bytes), {}, round,
                 &overlapped);
    if (HasFatalFailure()) return;
  }
  EXPECT_TRUE(overlapped) << "no weights were ever loaded while a tile computed";
}

/// The mapping with tiles, buffers and weight memory as chance has it.
FakeMapping random_mapping(std::mt19937& random) {
  FakeMapping mapping(64 * 400, 64 * static_cast<std::uint32_t>(20 + random() % 60));
  mapping.sizes().buffer_bytes = static_cast<std::uint32_t>(40 + random() % 400);
  const auto some = [&](unsigned most) {
    return random() % 3 == 0 ? 0 : 1 + static_cast<std::uint32_t>(random() % most);
  };
  mapping.pixels = some(30);
  mapping.channels = some(6);
  mapping.inputs = some(4);
  mapping.channel_outer = random() % 2 == 0;
  return mapping;
}

TEST(JobTest, GraphsCutIntoAnyTilesEqualTheReferenceOrAreRefused) {
  std::size_t ran = 0, refused = 0;
  for (unsigned seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const Network network = seed % 3 == 0 ? random_graph(seed) : small_resnet(seed, seed % 3 == 1);
    const FakeMapping mapping = random_mapping(random);
    CompileOptions options;
    options.schedule = mapping.schedules()[random() % 3].name;
    Job job;
    const std::string error =
        input_error([&] { job = compiler::compile(network, mapping, options); });
    ++(error.empty() ? ran : refused);
    if (error.empty()) {
      expect_walks(network, job, mapping.geometry(), seed);
      if (HasFatalFailure()) return;
    } else {
      EXPECT_NE(error.find("but"), std::string::npos) << error;
    }
  }
  EXPECT_GT(ran, 250u);
  EXPECT_GT(refused, 5u);
}

TEST(JobTest, TheMemoryStationaryCoreRunsGraphsWithAnySizesOrRefusesThem) {
  std::size_t ran = 0, refused = 0;
  for (unsigned seed = 1'000; seed < 1'300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const Network network = seed % 3 == 0 ? random_graph(seed) : small_resnet(seed, seed % 3 == 1);
    npu::Geometry g = npu::ms::defaults();
    g.feature_bits = 64 * (20 + random() % 500);
    g.weight_bytes = 64 * static_cast<std::uint32_t>(1 + random() % 40);
    g.set("line_buffer_bytes", static_cast<std::int64_t>(8 << random() % 10));
    g.set("wide_buffer_bytes", static_cast<std::int64_t>(8 << random() % 8));
    g.set("tco", 1 + static_cast<std::int64_t>(random() % 16));
    g.set("ws_tile", 1 + static_cast<std::int64_t>(random() % 16));
    const npu::ms::MsMapping mapping(g);
    CompileOptions options;
    options.schedule = mapping.schedules()[random() % mapping.schedules().size()].name;
    options.order = static_cast<npu::LoopOrder>(random() % 3);
    SCOPED_TRACE(options.schedule);
    Job job;
    const std::string error =
        input_error([&] { job = compiler::compile(network, mapping, options); });
    ++(error.empty() ? ran : refused);
    if (!error.empty()) continue;
    expect_walks(network, job, mapping.geometry(), seed);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(ran, 80u);
  EXPECT_GT(refused, 20u);
}

TEST(JobTest, AnOutputAcrossTheEndOfTheRingIsStoredInTwoPieces) {
  const Network network = sample_network(2, 2, {8, 8, 4});
  const FakeMapping mapping(704, 65'536);
  const Job job = compiler::compile(network, mapping, {});
  // Input 128 bits, first output 128 bits: the last one needs 512 bits from bit 256 on.
  EXPECT_EQ(commands<job::LayerCommand>(job, job::Kind::kLayer).back().out_offset, 256u);
  const auto last = compiler::read_job(job.image, "image").descriptors;
  ASSERT_GE(last.size(), 2u);
  EXPECT_EQ(last[last.size() - 2].row_bytes, (704u - 256u) / 8);
  EXPECT_EQ(last.back().source_offset, 0u);
  EXPECT_EQ(last.back().row_bytes, 8u);
  expect_walks(network, mapping, {}, 1);
}

TEST(JobTest, TheHeaderNamesCoreGeometryAndSizes) {
  const FakeMapping mapping(65'536, 65'536);
  const Job job = compiler::compile(sample_network(3, 3, {3, 5, 2}), mapping, {});
  const auto contents = compiler::read_job(job.image, "image");
  EXPECT_EQ(contents.header.version, job::kVersion);
  EXPECT_EQ(contents.header.core, 77);
  EXPECT_EQ(contents.header.geometry_hash, mapping.geometry().hash());
  EXPECT_EQ(contents.header.input_bytes, 14u);  // 27 features of 4 bits
  EXPECT_EQ(contents.header.output_bytes, 72u);
  EXPECT_EQ(contents.names, (std::vector<std::string>{"layer1", "layer2"}));
  ASSERT_EQ(contents.commands.size(), 6u);  // a ring, two layers of a tile each, a barrier
  EXPECT_EQ(contents.commands.back().wait_count, contents.descriptors.size());
}

TEST(JobTest, LargeBlocksAreMovedInRowsAndARemainder) {
  const Job job =
      compiler::compile(sample_network(1, 1, {90, 90, 1}), FakeMapping(65'536, 65'536), {});
  const auto contents = compiler::read_job(job.image, "image");
  const job::Descriptor &rows = contents.descriptors[1], &rest = contents.descriptors[2];
  EXPECT_EQ(rows.row_bytes, 2'048u);
  EXPECT_EQ(rows.rows, 4u);  // 90 * 90 / 2 bytes of weights, 90 * 64 of thresholds
  EXPECT_EQ(rest.rows, 1u);
  EXPECT_EQ(rows.row_bytes * rows.rows + rest.row_bytes, job.layers[0].weight_bytes);
  EXPECT_EQ(tiles(job)[0].wait_count, 3);
}

TEST(JobTest, OneLayerCommandServesAllTilesOfALayer) {
  FakeMapping mapping(65'536, 65'536);
  mapping.pixels = 2;
  mapping.channels = 3;
  const Job job = compiler::compile(sample_network(2, 2, {3, 5, 2}), mapping, {});
  EXPECT_EQ(commands<job::LayerCommand>(job, job::Kind::kLayer).size(), 2u);
  const auto all = tiles(job);
  ASSERT_EQ(all.size(), 6u);  // 2 x 2 of layer1, 2 x 1 of layer2
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].layer, i < 4 ? 0 : 1);
    EXPECT_EQ(all[i].flags, i == 3 || i == 5 ? 1 : 0) << "tile " << i;
    EXPECT_EQ(all[i].signal_token, job::kTokenComputed);
  }
}

TEST(JobTest, AChannelMaskLeavesOnlyWhatIsComputed) {
  Network network = sample_network(2, 2, {4, 6, 3});
  network.layers[0].kept = {true, false, true, true, false, true};
  const FakeMapping mapping(65'536, 65'536);
  const Job job = compiler::compile(network, mapping, {});
  const auto layers = commands<job::LayerCommand>(job, job::Kind::kLayer);
  EXPECT_EQ(layers[0].out_c, 4);
  EXPECT_EQ(layers[0].out_masked, 2);
  EXPECT_EQ(layers[1].in_c, 4);
  EXPECT_EQ(layers[1].in_masked, 2);
  EXPECT_EQ(job.layers[0].macs, 4u * 4 * 4);
  EXPECT_EQ(job.layers[0].macs_skipped, 4u * 4 * 2);
  EXPECT_EQ(job.layers[1].macs_skipped, 4u * 3 * 2);
  expect_walks(network, mapping, {}, 4);
}

TEST(JobTest, AListTooLongForTheFormatIsRefused) {
  FakeMapping mapping(64 * 60'000, 65'536);
  mapping.pixels = 1;
  EXPECT_EQ(
      input_error([&] {
        compiler::compile(sample_network(200, 200, {1, 1, 1}), mapping, {});
      }),
      "network 'sample': needs 80000 tiles and 6 DMA descriptors, but a job has at most 65535 "
      "of each");
}

TEST(JobTest, TheSameNetworkGivesTheSameBytes) {
  const FakeMapping mapping(65'536, 4'096);
  EXPECT_EQ(compiler::compile(sample_network(2, 2, {3, 30, 2}), mapping, {}).image,
            compiler::compile(sample_network(2, 2, {3, 30, 2}), mapping, {}).image);
}

TEST(JobTest, AnUnknownScheduleIsRefusedWithThoseThatThereAre) {
  CompileOptions options;
  options.schedule = "spiral";
  EXPECT_EQ(input_error([&] {
              compiler::compile(sample_network(2, 2, {3, 5}), FakeMapping(65'536, 4'096), options);
            }),
            "core 'fake' has no schedule 'spiral'; it has plain, fused, buffers");
}

}  // namespace
}  // namespace cairn::test
