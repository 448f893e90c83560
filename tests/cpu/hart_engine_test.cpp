// All engines in lock step: the same random machine code, cut into different slices, with
// interrupts, traps, device accesses, two memories and code that changes itself.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

#include "tests/cpu/encode.hpp"
#include "tests/cpu/test_machine.hpp"

namespace cairn {
namespace {

using namespace test;
using hart::Engine;
using hart::Stop;

using Random = std::independent_bits_engine<std::mt19937, 32, std::uint32_t>;

constexpr std::uint32_t kBody = kRamBase + 0x1000, kBodyWords = 400;
constexpr std::uint32_t kFarCode = kRamBase + 0x3000;  // another page, called now and then
constexpr std::uint32_t kData = kRamBase + 0x8000;
constexpr std::uint32_t kSram = 0x5000'0000;
constexpr std::uint32_t kRamBytes = 1 << 16, kSramBytes = 1 << 12;

// Registers that the random code leaves alone.
constexpr std::uint32_t kDataPointer = 8, kSramPointer = 9, kDevicePointer = 18, kCodePointer = 19;
constexpr std::uint32_t kNewInstruction = 20, kFarPointer = 21, kEdgePointer = 22;
constexpr std::uint32_t kImmediateStep = 23;  // what makes another instruction of that one
constexpr std::uint32_t kLoopCounter = 25;

class RandomCode {
 public:
  explicit RandomCode(Random& random) : random_(random) {}

  std::uint32_t pick(std::uint32_t count) { return random_() % count; }
  std::uint32_t target() {
    constexpr std::uint32_t kFree[] = {0,  1,  2,  3,  4,  5,  6,  7,  10,
                                       11, 12, 13, 14, 15, 16, 17, 24, 28};
    return kFree[pick(std::size(kFree))];
  }
  std::uint32_t source() { return pick(32); }
  std::int32_t imm12() { return static_cast<std::int32_t>(pick(4096)) - 2048; }

  std::uint32_t arithmetic() {
    const std::uint32_t funct3 = pick(8);
    switch (pick(4)) {
      case 0:
        return r_type(0x33, funct3, funct3 == 0 || funct3 == 5 ? pick(2) * 0x20 : 0, target(),
                      source(), source());
      case 1:
        return r_type(0x33, funct3, 1, target(), source(), source());
      case 2:
        return pick(2) != 0 ? lui(target(), random_())
                            : 0x17 | target() << 7 | (random_() & ~0xfffu);
      default:
        if (funct3 == 1 || funct3 == 5)
          return i_type(0x13, funct3, target(), source(),
                        static_cast<std::int32_t>(pick(32) | (funct3 == 5 ? pick(2) << 10 : 0)));
        return i_type(0x13, funct3, target(), source(), imm12());
    }
  }
  std::uint32_t bitmanip() {
    struct Encoding {
      std::uint32_t opcode, funct3, funct7, rs2;
    };
    constexpr std::uint32_t kAny = 32;  // rs2 is an operand
    constexpr Encoding kEncodings[] = {
        {0x33, 2, 0x10, kAny}, {0x33, 4, 0x10, kAny}, {0x33, 6, 0x10, kAny}, {0x33, 7, 0x20, kAny},
        {0x33, 6, 0x20, kAny}, {0x33, 4, 0x20, kAny}, {0x33, 4, 0x05, kAny}, {0x33, 5, 0x05, kAny},
        {0x33, 6, 0x05, kAny}, {0x33, 7, 0x05, kAny}, {0x33, 1, 0x30, kAny}, {0x33, 5, 0x30, kAny},
        {0x13, 5, 0x30, kAny}, {0x13, 1, 0x30, 0},    {0x13, 1, 0x30, 1},    {0x13, 1, 0x30, 2},
        {0x13, 1, 0x30, 4},    {0x13, 1, 0x30, 5},    {0x33, 4, 0x04, 0},    {0x13, 5, 0x14, 7},
        {0x13, 5, 0x34, 24}};
    const Encoding& e = kEncodings[pick(std::size(kEncodings))];
    return r_type(e.opcode, e.funct3, e.funct7, target(), source(),
                  e.rs2 == kAny ? source() : e.rs2);
  }
  /// Reserved rounding modes among them.
  std::uint32_t float_instruction() {
    constexpr std::uint32_t kFunct7[] = {0x00, 0x04, 0x08, 0x0c};
    switch (pick(5)) {
      case 0:
        return i_type(0x07, 2, pick(32), pointer(), imm12());
      case 1:
        return s_type(2, pointer(), pick(32), imm12()) | 4;
      case 2:
        return r_type(0x53, 7, 0x60, target(), pick(32), 0);  // fcvt.w.s
      case 3:
        return r_type(0x53, 7, 0x68, pick(32), source(), 0);  // fcvt.s.w
      default:
        return r_type(0x53, pick(8), kFunct7[pick(4)], pick(32), pick(32), pick(32));
    }
  }
  std::uint32_t pointer() {
    constexpr std::uint32_t kPointers[] = {kDataPointer, kDataPointer, kDataPointer,
                                           kSramPointer, kSramPointer, kEdgePointer};
    return pick(60) == 0 ? kDevicePointer : kPointers[pick(std::size(kPointers))];
  }
  std::uint32_t load() {
    constexpr std::uint32_t kFunct3[] = {0, 1, 2, 4, 5};
    return i_type(0x03, kFunct3[pick(5)], target(), pointer(), imm12());
  }
  std::uint32_t store() { return s_type(pick(3), pointer(), source(), imm12()); }
  std::uint32_t rare() {
    switch (pick(9)) {
      case 0:
        return kEcall;
      case 1:
        return csrrs(target(), hart::csr::kMinstret, 0);
      case 2:
        return csrrs(target(), hart::csr::kMcycle, 0);
      case 3:
        return atomic(0, target(), kDataPointer, source());
      case 4:
        return kFenceI;
      case 5:
        return 0;  // illegal
      case 6:
        return add(kNewInstruction, kNewInstruction, kImmediateStep);
      case 7:
        return kFenceI;
      default:
        return sw(kCodePointer, kNewInstruction, static_cast<std::int32_t>(pick(500) * 4));
    }
  }
  /// To another word of the body; far back now and then.
  std::uint32_t transfer(std::uint32_t at) {
    const std::uint32_t to =
        pick(4) == 0 ? pick(kBodyWords) : std::min(at + 1 + pick(12), kBodyWords - 1);
    const std::int32_t offset = (static_cast<std::int32_t>(to) - static_cast<std::int32_t>(at)) * 4;
    constexpr std::uint32_t kFunct3[] = {0, 1, 4, 5, 6, 7};
    if (pick(12) == 0) return jal(0, offset);
    if (pick(12) == 0) return jalr(pick(2), kFarPointer, static_cast<std::int32_t>(pick(8) * 4));
    return b_type(kFunct3[pick(6)], source(), source(), offset);
  }
  /// Turns half of the body into counted loops full of short skips.
  void add_loops(std::vector<std::uint32_t>& body) {
    constexpr std::uint32_t kLongest = 24;
    for (std::uint32_t at = 0; at + kLongest < body.size(); at += kLongest) {
      if (pick(2) == 0) continue;
      const std::uint32_t last = at + 5 + pick(kLongest - 5);
      const std::int32_t back = -4 * static_cast<std::int32_t>(last - at - 1);
      body[at] = addi(kLoopCounter, 0, static_cast<std::int32_t>(1 + pick(40)));
      body[last - 1] = addi(kLoopCounter, kLoopCounter, -1);
      if (pick(2) == 0) {  // while the counter is above zero, at the top or at the bottom
        body[at + 1] = b_type(5, 0, kLoopCounter, 4 - back);
        body[last] = jal(0, back);
      } else {
        body[last] = b_type(4, 0, kLoopCounter, back);
      }
      for (std::uint32_t i = at + 2; i + 1 < last; ++i)
        if (pick(4) == 0)
          body[i] = b_type(4 + pick(4), target(), target(),
                           static_cast<std::int32_t>(4 + 4 * pick(std::min(4u, last - 1 - i))));
        else
          body[i] = pick(4) == 0 ? (pick(2) == 0 ? store() : load()) : arithmetic();
    }
  }
  std::uint32_t word(std::uint32_t at) {
    const std::uint32_t kind = pick(100);
    if (kind < 5) return bitmanip();
    if (kind < 7) return float_instruction();
    if (kind < 45) return arithmetic();
    if (kind < 65) return load();
    if (kind < 78) return store();
    if (kind < 94) return transfer(at);
    if (kind < 96) return 0x0001'0001u | pick(2) << 2;  // two compressed instructions
    return rare();
  }

 private:
  Random& random_;
};

struct Calls : hart::HartObserver {
  std::vector<std::uint64_t> heard;
  void called(std::uint32_t target, std::uint64_t cycle) override {
    heard.push_back(target);
    heard.push_back(cycle);
  }
  void trapped(std::uint32_t cause, std::uint32_t, std::uint32_t pc, std::uint32_t,
               std::uint64_t cycle) override {
    heard.insert(heard.end(), {cause, pc, cycle});
  }
  void returned(std::uint32_t target, std::uint64_t cycle) override { called(target, cycle); }
};

struct Subject {
  TestMachine machine;
  std::vector<std::uint8_t> sram = std::vector<std::uint8_t>(kSramBytes);
  Calls calls;
  Random slices;
  std::uint32_t longest_slice;

  Subject(const hart::HartConfig& config, std::uint32_t seed, std::uint32_t longest, bool observed)
      : machine(config, kRamBytes), slices(seed), longest_slice(longest) {
    hart::DirectRegion ram = machine.ram_region();
    ram.read_cycles = 3;
    ram.write_cycles = 2;
    ram.fetch_cycles = 5;
    machine.hart.add_region(ram);
    machine.hart.add_region({.base = kSram,
                             .bytes = kSramBytes,
                             .host = sram.data(),
                             .readable = true,
                             .writable = true,
                             .read_cycles = 9,
                             .write_cycles = 1,
                             .fetch_cycles = 1});
    if (observed) machine.hart.set_observer(&calls);
  }

  void start(const std::vector<std::uint32_t>& body, const std::vector<std::uint32_t>& far) {
    // mret skips the instruction that trapped, whatever its size; an interrupt returns to it.
    machine.program({csrrw(31, hart::csr::kMscratch, 31), csrrs(31, hart::csr::kMcause, 0),
                     b_type(4, 31, 0, 16), csrrs(31, hart::csr::kMepc, 0), addi(31, 31, 4),
                     csrrw(0, hart::csr::kMepc, 31), csrrw(31, hart::csr::kMscratch, 31), kMret},
                    kRamBase + 0x100);
    Random random(far.front());
    for (std::uint32_t at = kData - 0x1000; at < kRamBase + kRamBytes; at += 4)
      machine.put(at, random());
    for (std::uint8_t& byte : sram)
      byte = static_cast<std::uint8_t>(random());
    for (std::uint32_t i = 0; i < body.size(); ++i)
      machine.put(kBody + 4 * i, body[i]);
    for (std::uint32_t i = 0; i < far.size(); ++i)
      machine.put(kFarCode + 4 * i, far[i]);
    machine.program({lui(5, kRamBase), addi(5, 5, 0x100), csrrw(0, hart::csr::kMtvec, 5),
                     lui(kDataPointer, kData), lui(kSramPointer, kSram + 0x1000),
                     addi(kSramPointer, kSramPointer, -2048), lui(kDevicePointer, kUart),
                     lui(kCodePointer, kBody), lui(kNewInstruction, 0x0012'8000),
                     addi(kNewInstruction, kNewInstruction, 0x293), lui(kFarPointer, kFarCode),
                     lui(kEdgePointer, kRamBase + kRamBytes), lui(kImmediateStep, 0x0010'0000),
                     addi(6, 0, -1), csrrw(0, hart::csr::kMie, 6),
                     csrrsi(0, hart::csr::kMstatus, 8), jalr(0, kCodePointer, 0)});
    machine.hart.reset(kRamBase, 0, 0);
    machine.hart.set_f(1, 0x3f80'0000);  // turns the unit on
  }

  void run_to(std::uint64_t cycle) {
    while (machine.hart.cycle() < cycle && !machine.hart.halt()) {
      const std::uint64_t slice = machine.hart.cycle() + 1 + slices() % longest_slice;
      static_cast<void>(machine.hart.run(std::min(cycle, slice)));
    }
  }

  /// Everything a guest or a user can see, with where time stands.
  std::vector<std::uint64_t> state() {
    hart::Hart& hart = machine.hart;
    std::vector<std::uint64_t> all{hart.cycle(), hart.instret(), hart.pc(),
                                   machine.accesses.size()};
    for (unsigned i = 0; i < 32; ++i)
      all.insert(all.end(), {hart.x(i), hart.f(i)});
    for (const std::uint32_t csr :
         {hart::csr::kFcsr, hart::csr::kMstatus, hart::csr::kMepc, hart::csr::kMcause,
          hart::csr::kMtval, hart::csr::kMinstret, hart::csr::kMcycle})
      all.push_back(hart.csr(csr));
    for (const hart::DirectRegion& region : hart.regions().all()) {
      const hart::DirectAccesses& a = region.accesses;
      all.insert(all.end(), {a.reads[0], a.reads[1], a.reads[2], a.writes[0], a.writes[1],
                             a.writes[2], a.fetches, a.fetch_bytes});
    }
    return all;
  }
};

hart::HartConfig random_config(Random& random) {
  hart::HartConfig config;
  config.extensions = {.has_float = true, .has_bitmanip = true};
  constexpr hart::InstructionCacheConfig kCaches[] = {{0, 32, 2},  {1, 16, 1},  {8, 16, 2},
                                                      {16, 32, 4}, {64, 64, 1}, {256, 32, 2}};
  config.instruction_cache = kCaches[random() % std::size(kCaches)];
  if (random() % 2 == 0) config.costs.branch_taken = config.costs.branch_not_taken;
  if (random() % 4 == 0) config.costs.branch_not_taken = 9;  // dearer than taken
  return config;
}

TEST(HartEngineLatencyTest, ABlockThatNeedsMoreThanTheLongestRunCostsWhatItsInstructionsDo) {
  for (const Engine engine : {Engine::kStepwise, Engine::kInterpreter, Engine::kTranslator}) {
    hart::HartConfig config;
    config.engine = engine;
    TestMachine machine(config, kRamBytes);
    hart::DirectRegion ram = machine.ram_region();
    ram.read_cycles = 1'500'000'000;
    machine.hart.add_region(ram);
    machine.program(
        {lui(8, kData), lw(5, 8, 0), addi(6, 6, 1), lw(5, 8, 4), lw(5, 8, 8), jal(0, -16)});
    machine.hart.reset(kRamBase, 0, 0);
    const std::uint64_t lap = 3 * (std::uint64_t{ram.read_cycles} + config.costs.load) +
                              config.costs.alu + config.costs.jump;
    static_cast<void>(machine.hart.run(config.costs.alu + 500 * lap));
    EXPECT_EQ(machine.hart.cycle(), config.costs.alu + 500 * lap) << static_cast<int>(engine);
    EXPECT_EQ(machine.hart.x(6), 500u);
  }
}

class HartEngineTest : public testing::TestWithParam<std::uint32_t> {};

TEST_P(HartEngineTest, AllEnginesDoTheSameAtTheSameCyclesHoweverTheyAreSliced) {
  const char* given = std::getenv("CAIRN_SEED");
  const std::uint32_t base = given != nullptr ? static_cast<std::uint32_t>(std::stoul(given)) : 0;
  for (std::uint32_t seed = base + GetParam() * 10; seed < base + GetParam() * 10 + 10; ++seed) {
    Random random(seed);
    RandomCode code(random);
    std::vector<std::uint32_t> body(kBodyWords), far(16);
    for (std::uint32_t i = 0; i < kBodyWords; ++i)
      body[i] = code.word(i);
    if (seed % 3 != 0) code.add_loops(body);
    body.back() = jal(0, -4 * static_cast<std::int32_t>(kBodyWords - 1));
    for (std::uint32_t& word : far)
      word = code.arithmetic();
    far.back() = jalr(0, kCodePointer, static_cast<std::int32_t>(code.pick(kBodyWords) * 4));

    hart::HartConfig config = random_config(random);
    const bool observed = seed % 4 == 3;
    std::vector<std::unique_ptr<Subject>> subjects;
    const auto add = [&](Engine engine, std::uint32_t longest) {
      config.engine = engine;
      subjects.push_back(std::make_unique<Subject>(config, seed, longest, observed));
      subjects.back()->start(body, far);
    };
    add(Engine::kStepwise, 1'000'000);
    add(Engine::kInterpreter, 1'000'000);
    add(Engine::kInterpreter, 50);
    add(Engine::kTranslator, 1'000'000);
    add(Engine::kTranslator, 200);
    add(Engine::kTranslator, 3);

    Subject& oracle = *subjects.front();
    std::uint64_t until = 0;
    const bool often = seed % 2 == 0;  // looks at where short slices end
    for (unsigned round = 0; round < (often ? 400 : 40); ++round) {
      until += 1 + random() % (often ? 500 : 20'000);
      const std::uint32_t lines = random() % 3 == 0 ? 1u << (3 + 4 * (random() % 3)) : 0;
      const bool foreign_write = random() % 8 == 0;
      const std::uint32_t word = random() % kBodyWords;
      oracle.run_to(until);
      for (const auto& subject : subjects) {
        subject->run_to(until);
        ASSERT_EQ(subject->state(), oracle.state())
            << fmt::format("seed {} round {} engine {} slices of up to {}", seed, round,
                           &subject - subjects.data(), subject->longest_slice);
        ASSERT_EQ(subject->machine.ram, oracle.machine.ram) << "seed " << seed;
        ASSERT_EQ(subject->sram, oracle.sram) << "seed " << seed;
        ASSERT_EQ(subject->machine.accesses, oracle.machine.accesses) << "seed " << seed;
        ASSERT_EQ(subject->calls.heard, oracle.calls.heard) << "seed " << seed;
      }
      for (const auto& subject : subjects) {
        subject->machine.hart.set_interrupt_lines(lines);
        if (!foreign_write) continue;  // as a DMA engine would
        subject->machine.put(kBody + 4 * word, addi(5, 5, 7));
        subject->machine.hart.invalidate(kBody + 4 * word, 4);
      }
    }
    EXPECT_GT(oracle.machine.hart.instret(), 1000u) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Programs, HartEngineTest, testing::Range(0u, 12u));

}  // namespace
}  // namespace cairn
