// Permissions that change all the time: every engine must take the same course.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <tuple>
#include <vector>

#include "tests/cpu/privileged_machine.hpp"

namespace cairn {
namespace {

using namespace test;
using hart::Engine;
using hart::Stop;
namespace csr = hart::csr;

std::uint32_t mul(std::uint32_t rd, std::uint32_t rs1, std::uint32_t rs2) {
  return r_type(0x33, 0, 1, rd, rs1, rs2);
}
std::uint32_t srli(std::uint32_t rd, std::uint32_t rs, std::int32_t by) {
  return i_type(0x13, 5, rd, rs, by);
}

/// x9 and x10 make x6 the next of a random sequence. The handler steps over what trapped and moves
/// entry 0, four words of which user mode may do what `config` says, and entry 1, over the code.
/// With `far` the largest memory of user mode lies elsewhere and stays what it is.
void load_program(PrivilegedMachine& machine, std::uint32_t config, bool far) {
  machine.program({mul(29, 29, 9), add(29, 29, 10), srli(28, 29, 26), add(28, 28, 11),
                   csrrw(0, csr::kPmpaddr0, 28), srli(28, 29, 27), add(28, 28, 12),
                   csrrw(0, csr::kPmpaddr0 + 1, 28), csrrs(30, csr::kMepc, 0), addi(30, 30, 4),
                   csrrw(0, csr::kMepc, 30), addi(31, 31, 1), kMret},
                  kHandler);
  machine.program(
      {mul(6, 6, 9), add(6, 6, 10), srli(7, 6, 24), add(7, 7, 8), lw(5, 7, 0), add(13, 13, 5),
       sw(7, 6, 0), i_type(0x03, 5, 5, 7, 1), add(13, 13, 5), s_type(0, 7, 13, 3), sw(14, 13, 0),
       addi(15, 15, 1), jal(0, -48), jal(0, -52), jal(0, -56)},
      kCode);
  machine.write(csr::kPmpaddr0, kData >> 2 | 5);
  machine.write(csr::kPmpaddr0 + 2, kCode >> 2 | 0x1ff);
  machine.write(csr::kPmpaddr0 + 3, kData >> 2 | 0x1ff);
  machine.write(csr::kPmpaddr0 + 4, (kData + 0x2000) >> 2 | (far ? 0x3ff : 0x3f));
  machine.write(csr::kPmpcfg0, 0x1b1c'1000 | config);  // entry 1: nothing
  machine.write(csr::kPmpcfg0 + 1, 0x1b);
  machine.hart.set_x(8, kData);
  machine.hart.set_x(9, 1'664'525);
  machine.hart.set_x(10, 1'013'904'223);
  machine.hart.set_x(11, kData >> 2);
  machine.hart.set_x(12, kCode >> 2);
  machine.hart.set_x(14, kData + 0x2000);
}

auto course(Engine engine, std::uint32_t seed, std::uint32_t config) {
  hart::HartConfig costs;
  costs.engine = engine;
  PrivilegedMachine machine(costs);
  hart::DirectRegion region = machine.ram_region();
  region.read_cycles = 3;
  region.write_cycles = 2;
  machine.hart.add_region(region);
  load_program(machine, config, seed % 2 == 0);
  machine.hart.set_x(6, seed);
  machine.hart.set_x(29, seed);
  machine.enter_user(kCode);
  std::mt19937 random(seed);
  const std::uint64_t end = machine.hart.cycle() + 100'000;
  while (machine.hart.cycle() < end)
    EXPECT_EQ(machine.hart.run(machine.hart.cycle() + 1 + random() % 20'000), Stop::kLimit);
  EXPECT_GT(machine.hart.x(31), 50u);
  std::vector<std::uint32_t> x;
  for (unsigned i = 0; i < 32; ++i)
    x.push_back(machine.hart.x(i));
  const hart::DirectAccesses total = machine.hart.regions().total();
  return std::tuple(machine.hart.cycle(), machine.hart.instret(), machine.hart.pc(), x, machine.ram,
                    total.fetches, total.reads, total.writes);
}

TEST(HartPmpEngineTest, AllEnginesTakeTheSameCourseUnderChangingPermissions) {
  for (std::uint32_t seed = 1; seed <= 6; ++seed)
    for (const std::uint32_t config : {0x10u, 0x11u, 0x13u, 0x18u, 0x19u}) {
      SCOPED_TRACE(fmt::format("seed {}, entry 0 {:#x}", seed, config));
      const auto expected = course(Engine::kStepwise, seed, config);
      EXPECT_TRUE(course(Engine::kInterpreter, seed, config) == expected);
      EXPECT_TRUE(course(Engine::kTranslator, seed, config) == expected);
    }
}

}  // namespace
}  // namespace cairn
