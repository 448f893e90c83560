// Executables: what is loaded where, symbols, and that damaged or misplaced ones are refused.
#include <gtest/gtest.h>

#include <random>

#include "platform/loader/load_elf.hpp"
#include "platform/params/parameters.hpp"
#include "tests/platform/elf_image.hpp"
#include "tests/platform/fake_machine.hpp"
#include "tests/platform/input_error.hpp"

namespace cairn::platform {
namespace {

using test::elf_image;
using test::expect_input_error;

constexpr std::uint32_t kDram = 0x8000'0000;

MachineConfig config() {
  return machine_config(Parameters());
}

TEST(LoaderTest, SegmentsLandAtTheirAddressesWithZeroesBehindThem) {
  const ElfFile elf =
      parse_elf("a.elf", elf_image(kDram, {{kDram, "code", 8}, {0x2000'0000, "rom", 3}}));
  check_fit(elf, address_map(config()));
  test::FakeMachine machine(config(), {}, {});
  machine.write(kDram + 4, 0xffff'ffffu);
  load_elf(elf, machine);
  EXPECT_EQ(machine.read<std::uint32_t>(kDram), 0x65646f63u);
  EXPECT_EQ(machine.read<std::uint32_t>(kDram + 4), 0u);
  EXPECT_EQ(machine.read<std::uint8_t>(0x2000'0000), 'r');
}

TEST(LoaderTest, ASegmentThatFitsNowhereIsRefusedWithTheMap) {
  const auto map = address_map(config());
  for (const std::uint32_t address : {0u, 0x1000'0000u, kDram + (128u << 20) - 4})
    expect_input_error(
        [&] {
          check_fit(parse_elf("a.elf", elf_image(address, {{address, "12345678", 8}})), map);
        },
        {"a.elf", "fits in no memory", "dram", "npu0.features"});
}

TEST(LoaderTest, OverlappingSegmentsAreRefusedWithTheMap) {
  const ElfFile elf =
      parse_elf("a.elf", elf_image(kDram, {{kDram, "12345678", 8}, {kDram + 4, "1234", 4}}));
  expect_input_error([&] { check_fit(elf, address_map(config())); },
                     {"a.elf", "overlap", "0x80000004", "dram"});
}

TEST(LoaderTest, OtherFilesAreRefused) {
  auto other = elf_image(kDram, {{kDram, "code", 4}});
  other[EI_CLASS] = ELFCLASS64;
  expect_input_error([&] { parse_elf("b.elf", other); }, {"b.elf", "32-bit little-endian RISC-V"});
  expect_input_error(
      [] {
        parse_elf("c", std::vector<std::uint8_t>{'#', '!'});
      },
      {"c:", "not an ELF file"});
  expect_input_error(
      [] {
        parse_elf("e.elf", elf_image(0, {{kDram, "code", 4}}));
      },
      {"entry", "none of its segments"});
  expect_input_error([] { parse_elf("n.elf", elf_image(0, {})); }, {"no segment"});
}

TEST(LoaderTest, RandomDamageNeverGetsFurtherThanAnInputError) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto original = elf_image(kDram, {{kDram, "code", 64}}, {{"main", kDram, 4}});
  int refused = 0, loaded = 0;
  for (int round = 0; round < 5000; ++round) {
    auto file = original;
    for (unsigned i = 0; i <= random() % 3; ++i)
      file[random() % file.size()] = static_cast<std::uint8_t>(random());
    if (random() % 4 == 0) file.resize(random() % file.size());
    try {
      for (const Segment& s : parse_elf("x", file).segments)
        EXPECT_LE(s.bytes.size(), file.size());
      ++loaded;
    } catch (const InputError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 0);
  EXPECT_GT(loaded, 0);
}

TEST(SymbolTableTest, AnAddressInsideAFunctionHasItsName) {
  const ElfFile elf = parse_elf(
      "a.elf", elf_image(kDram, {{kDram, "code", 64}},
                         {{"main", kDram + 16, 8}, {"start", kDram, 16}, {"tail", kDram + 32, 0}}));
  EXPECT_EQ(elf.symbols.function_at(kDram + 15), "start");
  EXPECT_EQ(elf.symbols.function_at(kDram + 16), "main");
  EXPECT_EQ(elf.symbols.function_at(kDram + 24), "");
  EXPECT_EQ(elf.symbols.function_at(kDram + 60), "tail");
  EXPECT_EQ(elf.symbols.function_at(kDram - 1), "");
  EXPECT_EQ(elf.symbols.describe(kDram + 20), "main+0x4");
  EXPECT_EQ(elf.symbols.describe(kDram + 24), "0x80000018");
}

TEST(AddressMapTest, OnlyConfiguredNpusAnswerAndWithTheirOwnSizes) {
  const auto one = address_map(config());
  EXPECT_TRUE(
      std::ranges::none_of(one, [](const AddressRange& r) { return r.name.starts_with("npu1"); }));
  const auto two = address_map(machine_config(
      Parameters({parse_set("soc.npus=2"), parse_set("soc.npu1.weights.bytes=4096")})));
  const auto weights = std::ranges::find(two, "npu1.weights", &AddressRange::name);
  ASSERT_NE(weights, two.end());
  EXPECT_EQ(weights->base, 0x5180'0000u);
  EXPECT_EQ(weights->bytes, 4096u);
}

}  // namespace
}  // namespace cairn::platform
