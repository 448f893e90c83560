// QEMU as the judge: random programs must leave the same registers and memory on it and on our
// hart, with every engine and however a run is cut into slices.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <random>
#include <string>
#include <vector>

#include "tests/cpu/batch_machine.hpp"
#include "tests/cpu/program_batch.hpp"
#include "tests/cpu/qemu_machine.hpp"
#include "tests/cpu/random_program.hpp"
#include "tests/cpu/shrink.hpp"

namespace cairn {
namespace {

using test::Candidate;
using test::Memory;

constexpr unsigned kChunks = 4;

std::uint32_t from_environment(const char* name, std::uint32_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? static_cast<std::uint32_t>(std::stoul(text)) : otherwise;
}

/// One way to run a hart. None may change what a program does; only the cache changes its cycles.
struct Mode {
  std::string name;
  hart::HartConfig config;
  std::uint32_t longest_slice = 0;  ///< cycles; slices are of random length up to it

  bool has_cache() const { return config.instruction_cache.lines != 0; }
};

std::vector<Mode> modes() {
  using hart::Engine;
  std::vector<Mode> out;
  const auto add = [&](const char* name, Engine engine, std::uint32_t slice) {
    hart::HartConfig config;
    config.engine = engine;
    out.push_back({fmt::format("{}, slices up to {} cycles", name, slice), config, slice});
  };
  add("stepwise", Engine::kStepwise, 100'000);
  for (const std::uint32_t slice : {100'000u, 20u})
    add("interpreter", Engine::kInterpreter, slice);
  for (const std::uint32_t slice : {100'000u, 1'000u, 20u})
    add("translator", Engine::kTranslator, slice);
  for (const Engine engine : {Engine::kStepwise, Engine::kTranslator}) {
    add(engine == Engine::kStepwise ? "stepwise with a cache" : "translator with a cache", engine,
        100'000);
    out.back().config.instruction_cache.lines = 32;
  }
  return out;
}

struct Left {
  Memory ram;
  std::uint64_t cycles = 0;
  std::uint64_t instructions = 0;
};

/// Runs all programs of an image; a failure to reach the end shows as a difference.
Left run_on_hart(const Memory& image, const Mode& mode) {
  test::BatchMachine machine(image, mode.config);
  std::mt19937 random(mode.longest_slice);
  // Programs that never end cost a second at most.
  const bool ended = machine.run(3'000'000'000, [&] { return 1 + random() % mode.longest_slice; });
  if (!ended)
    fmt::print("{}: the programs did not end: {}\n", mode.name, machine.hart.halt().text());
  return {std::move(machine.ram), machine.hart.cycle(), machine.hart.instret()};
}

bool has_user_mode() {
  const test::BatchMachine machine(Memory(test::kBatchRamBytes), {});
  return (machine.hart.csr(hart::csr::kMisa) >> ('U' - 'A') & 1) != 0;
}

std::vector<Candidate> random_candidates(std::uint32_t first_seed, std::size_t count) {
  std::vector<Candidate> out;
  const test::RandomOptions options{.user_mode = has_user_mode()};
  for (std::size_t i = 0; i < count; ++i) {
    const auto seed = static_cast<std::uint32_t>(first_seed + i);
    out.push_back({test::random_program(seed, options), seed});
  }
  return out;
}

/// The first program that differs in any mode.
std::optional<std::size_t> judge(std::span<const Candidate> programs) {
  const Memory image = test::batch_image(programs);
  const Memory expected = test::run_on_qemu(image);
  std::optional<std::size_t> first;
  for (const Mode& mode : modes()) {
    const Left left = run_on_hart(image, mode);
    const auto found = test::first_difference(left.ram, expected, programs.size());
    if (found && (!first || *found < *first)) first = found;
  }
  return first;
}

/// Which mode differs, where, and the smallest program that shows it.
std::string report(const Candidate& failing) {
  const Candidate small = test::shrink(failing, judge);
  const std::vector<Candidate> alone{small};
  const Memory image = test::batch_image(alone);
  const Memory expected = test::run_on_qemu(image);
  std::string out =
      fmt::format("seed {}, made smaller to {} instructions:\n{}", failing.seed,
                  test::instructions_of(small.program), test::disassemble(small.program));
  for (const Mode& mode : modes()) {
    const Left left = run_on_hart(image, mode);
    const std::string difference = test::describe_difference(left.ram, expected, 0);
    if (!difference.empty()) out += fmt::format("{}:\n{}", mode.name, difference);
  }
  return out;
}

void compare(std::uint32_t first_seed, std::size_t count) {
  const std::vector<Candidate> programs = random_candidates(first_seed, count);
  const Memory image = test::batch_image(programs);
  const Memory expected = test::run_on_qemu(image);
  std::optional<Left> firsts[2];  // without and with an instruction cache
  for (const Mode& mode : modes()) {
    Left left = run_on_hart(image, mode);
    std::optional<Left>& first = firsts[mode.has_cache() ? 1 : 0];
    if (const auto program = test::first_difference(left.ram, expected, count))
      FAIL() << mode.name << "\n"
             << test::describe_difference(left.ram, expected, *program)
             << report(programs[*program]);
    if (!first) first = std::move(left);
    ASSERT_EQ(left.instructions, first->instructions) << mode.name;
    ASSERT_EQ(left.cycles, first->cycles) << mode.name;
  }
}

class HartQemuTest : public testing::TestWithParam<unsigned> {};

/// CAIRN_PROGRAMS: how many in all (default 400), CAIRN_SEED: the first one's seed.
TEST_P(HartQemuTest, RandomProgramsLeaveTheSameRegistersAndMemoryAsOnQemu) {
  const std::uint32_t programs = from_environment("CAIRN_PROGRAMS", 400);
  const std::uint32_t seed = from_environment("CAIRN_SEED", 20'260);
  const std::uint32_t first = seed + GetParam() * programs / kChunks;
  const std::uint32_t end = seed + (GetParam() + 1) * programs / kChunks;
  const auto start = std::chrono::steady_clock::now();
  for (std::uint32_t at = first; at < end; at += test::kBatchPrograms)
    ASSERT_NO_FATAL_FAILURE(compare(at, std::min<std::size_t>(test::kBatchPrograms, end - at)));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  fmt::print("seeds {}..{}: no difference ({:.1f} s)\n", first, end - 1, seconds.count());
}

INSTANTIATE_TEST_SUITE_P(Quarter, HartQemuTest, testing::Range(0u, kChunks));

}  // namespace
}  // namespace cairn
