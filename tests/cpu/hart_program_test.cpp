// Directed programs on the privileged side of the hart: they must print the same text on QEMU.
#include <gtest/gtest.h>

#include "tests/cpu/assembled_program.hpp"

namespace cairn {
namespace {

using hart::Engine;

class HartProgramTest : public testing::TestWithParam<const char*> {};

TEST_P(HartProgramTest, PrintsTheSameTextAsOnQemuOnEveryEngine) {
  const test::AssembledProgram program(std::string(CAIRN_TEST_PROGRAMS "/") + GetParam() + ".S");
  const std::string expected = program.text_on_qemu();
  ASSERT_GT(expected.size(), 500u);
  EXPECT_EQ(program.text_on_hart(Engine::kStepwise, 1), expected);
  EXPECT_EQ(program.text_on_hart(Engine::kInterpreter, 1000), expected);
  EXPECT_EQ(program.text_on_hart(Engine::kTranslator, 1000), expected);
}

INSTANTIATE_TEST_SUITE_P(Programs, HartProgramTest,
                         testing::Values("user_mode", "csr_access", "interrupts", "pmp",
                                         "pmp_fetch"),
                         [](const auto& program) { return std::string(program.param); });

}  // namespace
}  // namespace cairn
