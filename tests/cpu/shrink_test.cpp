// Random programs are the same for a seed, and failing ones are made small.
#include "tests/cpu/shrink.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/cpu/random_program.hpp"

namespace cairn::test {
namespace {

bool is_mulhsu(std::uint32_t bits) {
  return (bits & 0xfe00'707f) == 0x0200'2033;
}

bool has_mulhsu(const Program& program) {
  return std::ranges::any_of(program, [](const Statement& s) {
    return (s.kind == Statement::Kind::kCode && !s.whole &&
            std::ranges::any_of(s.code, is_mulhsu)) ||
           has_mulhsu(s.body);
  });
}

Candidate candidate_with_mulhsu() {
  for (std::uint32_t seed = 1;; ++seed) {
    Program program = random_program(seed, {});
    if (has_mulhsu(program)) return {std::move(program), seed};
  }
}

TEST(ShrinkTest, AFailingProgramIsReducedToTheInstructionThatMakesItFail) {
  const Candidate failing = candidate_with_mulhsu();
  ASSERT_GT(instructions_of(failing.program), 100u);
  const Candidate small = shrink(failing, [](std::span<const Candidate> candidates) {
    const auto found = std::ranges::find_if(candidates, has_mulhsu, &Candidate::program);
    return found == candidates.end()
               ? std::optional<std::size_t>()
               : static_cast<std::size_t>(std::distance(candidates.begin(), found));
  });
  ASSERT_EQ(small.program.size(), 1u);
  ASSERT_EQ(small.program[0].code.size(), 1u);
  EXPECT_TRUE(is_mulhsu(small.program[0].code[0]));
}

TEST(ShrinkTest, AProgramThatNeverFailsSmallerStaysAsItIs) {
  const Candidate failing{random_program(7, {}), 7};
  const Candidate same = shrink(failing, [](std::span<const Candidate>) { return std::nullopt; });
  EXPECT_EQ(assemble(same.program), assemble(failing.program));
}

TEST(RandomProgramTest, ASeedAlwaysGivesTheSameProgramAndAnotherSeedAnother) {
  EXPECT_EQ(assemble(random_program(5, {})), assemble(random_program(5, {})));
  EXPECT_NE(assemble(random_program(5, {})), assemble(random_program(6, {})));
}

}  // namespace
}  // namespace cairn::test
