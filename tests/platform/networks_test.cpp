// Description files of networks: the shipped ones, and what is wrong with others.
#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/channel_mask.hpp"
#include "models/kit/input_error.hpp"
#include "platform/networks/shipped.hpp"
#include "tests/support/temporary_folder.hpp"

namespace cairn::platform {
namespace {

compiler::Network shipped(const std::string& name) {
  for (const ShippedNetwork& n : shipped_networks())
    if (n.name == name) return load_shipped(n);
  throw std::out_of_range(name);
}

/// Cycles in which an array of 4 pixels of a row, 16 output channels and 8 operands is busy, each
/// lane taking 16 one-bit products a cycle.
double array_cycles(const compiler::Network& network) {
  double cycles = 0;
  for (const compiler::NetworkLayer& l : network.layers) {
    if (!l.layer.has_weights()) continue;
    const int operands = (l.layer.inputs_per_output() + 7) / 8;
    const int products = operands * l.layer.in_type.bits * l.layer.weight_bits;
    cycles += double{1} * l.layer.out.height * ((l.layer.out.width + 3) / 4) *
              ((l.layer.out.channels + 15) / 16) * ((products + 15) / 16);
  }
  return cycles;
}

TEST(ShippedNetworksTest, AllLoadAndFitTogether) {
  std::vector<std::string> names;
  for (const ShippedNetwork& n : shipped_networks()) {
    names.push_back(n.name);
    const compiler::Network network = load_shipped(n);
    EXPECT_NO_THROW(compiler::check(network)) << n.name;
    EXPECT_EQ(network.name, n.name);
    if (n.generator) {
      EXPECT_NE(n.description.find("random weights"), std::string::npos) << n.name;
      EXPECT_FALSE(n.schedule.empty()) << n.name;
    }
  }
  for (const char* name : {"dense-3b", "fashion", "resnet18", "resnet18-3b", "resnet18-cifar",
                           "resnet50", "resnet50-8b", "resnet50-mixed", "resnet50-msg",
                           "resnet50-residual", "resnet50-v1.5", "vgg16-cifar"})
    EXPECT_TRUE(std::ranges::binary_search(names, name)) << name;
}

TEST(ShippedNetworksTest, BitTableOfTheMixedNetworkIsWorthFourAndAHalf) {
  EXPECT_NEAR(array_cycles(shipped("resnet50-8b")) / array_cycles(shipped("resnet50-mixed")), 4.5,
              0.05);
}

TEST(ShippedNetworksTest, MaskSavesTheDeclaredMemoryAndCycles) {
  const compiler::Network full = shipped("resnet50");
  const compiler::Network masked = compiler::compact(shipped("resnet50-msg"));
  EXPECT_NEAR(array_cycles(full) / array_cycles(masked), 1.3, 0.05);
  // The largest map that exists as a whole: the pooled one, and the narrow ones of its size.
  const auto largest = [](const compiler::Network& n) {
    std::int64_t elements = 0;
    for (const compiler::NetworkLayer& l : n.layers)
      if (l.layer.out.channels <= 64 && l.layer.out.height == 56)
        elements = std::max(elements, l.layer.out.elements());
    return static_cast<double>(elements);
  };
  EXPECT_NEAR(largest(full) / largest(masked), 1.2, 0.06);
}

struct DescriptionFile : testing::Test {
  test::TemporaryFolder folder;
  const std::string start =
      "[generate]\nfamily = \"resnet\"\ndepth = 18\nsize = \"cifar\"\nresolution = 8\n";

  ShippedNetwork read(const std::string& text) {
    return read_shipped(folder.write("mine.toml", text));
  }
  /// Why the network is refused, without the file's path.
  std::string refusal(const std::string& text) {
    try {
      load_shipped(read(text));
    } catch (const InputError& error) {
      const std::string message = error.what(), path = (folder / "mine.toml").string();
      return message.starts_with(path) ? message.substr(path.size()) : message;
    }
    return "none";
  }
};

TEST_F(DescriptionFile, OfTheUserGeneratesANetwork) {
  const ShippedNetwork n = read(start +
                                "feature_bits = 5\n[[bits]]\nlayers = [\"fc\"]\nweights = 6\n"
                                "[[masks]]\nlayers = [\"conv2.1.a\"]\nkeep = 0.5\n");
  EXPECT_EQ(n.name, "mine");
  EXPECT_EQ(n.count, 1u);
  const compiler::Network network = load_shipped(n);
  EXPECT_EQ(network.name, "mine");
  EXPECT_EQ(network.layers.back().layer.weight_bits, 6);
  EXPECT_EQ(network.layers.back().layer.in_type.bits, 5);
  EXPECT_EQ(std::ranges::count(network.layers[1].kept, true), 32);
}

TEST_F(DescriptionFile, WithAnUnknownKeyIsRefused) {
  EXPECT_EQ(refusal(start + "colour = 1\n"), ":6: generate.colour is unknown.");
  EXPECT_EQ(refusal(start + "[[bits]]\nweigths = 3\n"), ":7: bits.weigths is unknown.");
}

TEST_F(DescriptionFile, WithAValueOutOfRangeIsRefused) {
  EXPECT_EQ(refusal(start + "weight_bits = 9\n"),
            ":6: generate.weight_bits must be 1 to 8, not 9.");
  EXPECT_EQ(refusal(start + "[masks]\nkeep = 1\n"),
            ":6: masks must be a list of tables, each begun by [[masks]].");
  EXPECT_EQ(refusal(start + "[[masks]]\nchannels = [1, \"b\"]\n"),
            ":7: masks.channels must be a list of integers of 32 bits.");
}

TEST_F(DescriptionFile, WithAContradictionIsRefusedByTheFilesName) {
  EXPECT_EQ(refusal("[generate]\nfamily = \"resnet\"\ndepth = 19\nsize = \"cifar\"\n"),
            ": generate.depth must be 18, 20, 34, 50, 101 or 152 for a resnet, not 19");
}

TEST_F(DescriptionFile, WithAModelAndAGeneratorIsRefused) {
  EXPECT_EQ(refusal("model = \"a.onnx\"\n" + start), ": has both a model and a [generate] table.");
}

TEST_F(DescriptionFile, NamesTheRangeOfALayersConverters) {
  const ShippedNetwork n = read(start + "[cap.lsb]\nfc = 12\n\"conv2.1.a\" = 224\n");
  EXPECT_EQ(n.cap_lsb, (std::map<std::string, int>{{"fc", 12}, {"conv2.1.a", 224}}));
  EXPECT_NO_THROW(load_shipped(n));
}

TEST_F(DescriptionFile, WithARangeThatNoConverterHasIsRefused) {
  EXPECT_EQ(refusal(start + "[cap.lsb]\nfc = 0\n"), ":7: cap.lsb.fc must be 1 to 224, not 0.");
  EXPECT_EQ(refusal(start + "[cap.lsb]\nfc = \"1\"\n"), ":7: cap.lsb.fc has the wrong type.");
  EXPECT_EQ(refusal(start + "[cap]\nrange = 1\n"), ":7: cap.range is unknown.");
  EXPECT_EQ(refusal(start + "[cap.lsb]\nfd = 1\n"), ": cap.lsb.fd names no layer of mine.");
}

TEST_F(DescriptionFile, OfDepth20HasThreeStages) {
  const compiler::Network network = load_shipped(
      read("[generate]\nfamily = \"resnet\"\ndepth = 20\nresidual = false\nsize = \"cifar\"\n"));
  std::int64_t weights = 0;
  for (const compiler::NetworkLayer& l : network.layers)
    if (l.layer.op == numbers::Op::convolution)
      weights += std::int64_t{1} * l.layer.inputs_per_output() * l.layer.out.channels;
  EXPECT_EQ(weights, 267'696);
  EXPECT_EQ(refusal("[generate]\nfamily = \"resnet\"\ndepth = 20\nsize = \"imagenet\"\n"),
            ": generate.depth 20 needs generate.size \"cifar\"");
}

TEST_F(DescriptionFile, WithoutAFamilyIsRefused) {
  EXPECT_EQ(refusal("[generate]\ndepth = 18\n"), ": generate.family is missing.");
}

}  // namespace
}  // namespace cairn::platform
