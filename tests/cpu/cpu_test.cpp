// The CPU in simulated time: interrupts, quanta, WFI, direct memory.
#include "models/cpu/cpu.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>

#include "tests/cpu/cpu_bench.hpp"
#include "tests/cpu/encode.hpp"

namespace cairn {
namespace {

using namespace test;
using sc_core::sc_time;

constexpr std::uint32_t kHandler = kMemory + 0x100;
constexpr std::uint32_t kLog = kMemory + 0x4000;

sc_time ns(double value) {
  return {value, sc_core::SC_NS};
}

/// x28: log pointer, x29: devices. Logs mcause, mepc, minstret and mcycle, then acknowledges.
void put_logging_handler(Board& board) {
  board.program(
      {csrrs(5, hart::csr::kMcause, 0), sw(28, 5, 0), csrrs(6, hart::csr::kMepc, 0), sw(28, 6, 4),
       csrrs(6, hart::csr::kMinstret, 0), sw(28, 6, 8), csrrs(6, hart::csr::kMcycle, 0),
       sw(28, 6, 12), addi(28, 28, 16), addi(5, 5, -7) /* 0x8000'0000 for the timer, else + 4 */,
       i_type(0x13, 7, 5, 5, 4), add(5, 5, 29), sw(5, 0, 0), kMret},
      kHandler);
}

/// Sets up x28, x29, mtvec, mie and mstatus in 10 words.
std::vector<std::uint32_t> setup() {
  return {lui(28, kLog),
          lui(29, kDevices),
          lui(5, kHandler),
          addi(5, 5, 0x100),
          csrrw(0, hart::csr::kMtvec, 5),
          lui(6, 0x1000),
          addi(6, 6, -0x778) /* 0x888 */,
          csrrw(0, hart::csr::kMie, 6),
          addi(7, 0, 1001),
          csrrsi(0, hart::csr::kMstatus, 8)};
}

/// Writes down every change before `end`.
class Recorder : public kit::trace::Sink {
 public:
  explicit Recorder(sc_time end) : end_ps_(end.value()) {}

  void bits_changed(const kit::trace::Channel& channel, std::uint64_t at_ps,
                    std::uint64_t bits) override {
    if (at_ps < end_ps_) text += fmt::format("{} {} {:x}\n", channel.name(), at_ps, bits);
  }
  void text_changed(const kit::trace::Channel& channel, std::uint64_t at_ps,
                    std::string_view value) override {
    if (at_ps < end_ps_) text += fmt::format("{} {} {}\n", channel.name(), at_ps, value);
  }

  std::string text;

 private:
  std::uint64_t end_ps_;
};

void attach_all(Recorder& recorder) {
  std::uint32_t slot = 0;
  for (kit::trace::Channel* channel : kit::trace::all_channels())
    channel->attach(recorder, slot++);
}

/// A loop of instructions that take from 1 to 34 cycles.
std::string run_interrupted_loop(sc_time quantum, bool direct) {
  CpuConfig config;
  config.frequency_hz = 300'000'007;
  config.quantum = quantum;
  Board board("board", config, ns(777), ns(1301.3));
  board.direct = direct;
  put_logging_handler(board);
  std::uint32_t at = kMemory;
  for (const std::uint32_t word : setup()) {
    board.program({word}, at);
    at += 4;
  }
  board.program({div(8, 7, 6), sw(28, 8, -4), addi(9, 9, 1), lw(10, 28, -4),
                 r_type(0x33, 0, 1, 11, 9, 9), jal(0, -20)},
                at);
  board.cpu.set_symbols([](std::uint32_t addr) { return addr >= kHandler ? "handler" : "loop"; });
  board.cpu.reset(kMemory, 0, 0);
  const sc_time end(60, sc_core::SC_US);
  Recorder recorder(end);
  attach_all(recorder);
  sc_core::sc_start(end);
  std::string log = recorder.text;
  for (std::uint32_t addr = kLog; board.word(addr) != 0; addr += 16)
    log += fmt::format("{:x} {:x} {} {}\n", board.word(addr), board.word(addr + 4),
                       board.word(addr + 8), board.word(addr + 12));
  for (const sc_time& access : board.device_accesses)
    log += access.to_string() + "\n";
  return log;
}

/// What `body` returns in a process of its own: SystemC elaborates once per process.
template <typename Body>
std::string in_child(Body body) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    const std::string text = body();
    for (std::size_t done = 0; done < text.size();) {
      const ssize_t n = write(ends[1], text.data() + done, text.size() - done);
      if (n <= 0) break;
      done += static_cast<std::size_t>(n);
    }
    _exit(testing::Test::HasFailure() ? 1 : 0);
  }
  close(ends[1]);
  std::string text;
  std::array<char, 4096> buffer{};
  for (ssize_t n = 0; (n = read(ends[0], buffer.data(), buffer.size())) > 0;)
    text.append(buffer.data(), static_cast<std::size_t>(n));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  return text;
}

TEST(CpuQuantumTest, EveryQuantumGivesTheSameInterruptPointsAndTheSameTrace) {
  for (const bool direct : {true, false}) {
    const std::string reference = in_child([&] { return run_interrupted_loop(ns(1), direct); });
    EXPECT_GT(std::ranges::count(reference, '\n'), 500);
    EXPECT_NE(reference.find("board.cpu.trap"), std::string::npos);
    for (const double quantum : {2.5, 7.0, 100.0, 333.3, 1000.0, 10'000.0, 100'000.0})
      EXPECT_EQ(in_child([&] { return run_interrupted_loop(ns(quantum), direct); }), reference)
          << quantum << " ns, direct " << direct;
  }
}

class CpuTest : public testing::Test {
 protected:
  static CpuConfig one_cycle_each() {
    CpuConfig config;
    config.hart.costs = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0};
    config.quantum = ns(50);  // how far the hart may pass the end of an sc_start
    return config;
  }
  void put_setup(Board& board) {
    std::uint32_t at = kMemory;
    for (const std::uint32_t word : setup()) {
      board.program({word}, at);
      at += 4;
    }
    body_ = at;
  }
  std::uint32_t body_ = 0;
};

TEST_F(CpuTest, AnInterruptIsTakenByTheFirstInstructionThatStartsAtOrAfterIt) {
  Board board("board", one_cycle_each(), ns(1000), ns(0));
  put_logging_handler(board);
  put_setup(board);
  board.program({addi(9, 9, 1), jal(0, -4)}, body_);
  board.cpu.reset(kMemory, 0, 0);
  sc_core::sc_start(ns(1200));
  // 2.5 ns a cycle; mcycle is read by the handler's seventh instruction, after six fetches of two
  // more cycles each and two stores of one more.
  const std::uint32_t cycle = board.word(kLog + 12);
  const std::uint32_t entered = cycle - 6 * 3 - 3;
  EXPECT_GE(entered, 400u);
  EXPECT_LE(entered, 402u);
}

TEST_F(CpuTest, WfiSleepsUntilTheInterruptAndCountsTheCyclesButNoInstructions) {
  Board board("board", one_cycle_each(), ns(5000), ns(0));
  put_logging_handler(board);
  put_setup(board);
  board.program({kWfi, jal(0, -4)}, body_);
  board.cpu.reset(kMemory, 0, 0);
  sc_core::sc_start(ns(4000));
  EXPECT_TRUE(board.cpu.waiting_for_interrupt());
  EXPECT_EQ(board.cpu.instret(), 11u);
  sc_core::sc_start(ns(1500));
  EXPECT_EQ(board.word(kLog), 0x8000'0007u);
  EXPECT_EQ(board.word(kLog + 4), body_ + 4);
  EXPECT_EQ(board.word(kLog + 8), 11u + 4u);
  EXPECT_GE(board.word(kLog + 12), 2000u);
}

TEST_F(CpuTest, WfiWithNothingPendingStarvesTheSimulation) {
  Board board("board", one_cycle_each(), ns(0), ns(0));
  put_setup(board);
  board.program({kWfi}, body_);
  board.cpu.reset(kMemory, 0, 0);
  sc_core::sc_start();
  EXPECT_TRUE(board.cpu.waiting_for_interrupt());
  EXPECT_EQ(board.cpu.pc(), body_ + 4);
  EXPECT_FALSE(board.cpu.halted_reason());
}

TEST_F(CpuTest, TheTraceShowsWfiTheTrapAndTheHandlersName) {
  Board board("board", one_cycle_each(), ns(5000), ns(0));
  put_logging_handler(board);
  put_setup(board);
  board.program({kWfi, kWfi}, body_);
  board.cpu.set_symbols([](std::uint32_t addr) { return addr == kHandler ? "tick" : "main"; });
  board.cpu.reset(kMemory, 0, 0);
  Recorder recorder(ns(9000));
  attach_all(recorder);
  sc_core::sc_start(ns(9000));
  const std::string& text = recorder.text;
  const auto line = [&](const std::string& part) { return text.find(part) != std::string::npos; };
  EXPECT_TRUE(line("board.cpu.function 0 main\n")) << text;
  EXPECT_TRUE(line("board.cpu.state 5000000 0\n")) << text;
  EXPECT_TRUE(line("board.cpu.function 5000000 tick\n")) << text;
  EXPECT_TRUE(line("board.cpu.trap 5000000 machine timer interrupt\n")) << text;
  EXPECT_TRUE(line(fmt::format("board.cpu.pc 5000000 {:x}\n", kHandler))) << text;
}

TEST_F(CpuTest, ATrapWithoutHandlerStopsTheSimulationWithItsReason) {
  Board board("board", one_cycle_each(), ns(100), ns(0));
  board.program({lui(5, 0x7000'0000), lw(6, 5, 4)});
  board.cpu.reset(kMemory, 0, 0);
  sc_core::sc_start();
  const hart::Halt& halt = board.cpu.halted_reason();
  EXPECT_EQ(halt.reason, hart::HaltReason::kNoTrapHandler);
  EXPECT_EQ(halt.mcause, 5u);
  EXPECT_EQ(halt.mtval, 0x7000'0004u);
  EXPECT_EQ(halt.pc, kMemory + 4);
  EXPECT_EQ(halt.text(),
            "load access fault at pc 0x80000004 (mtval 0x70000004) and no trap handler: mtvec was "
            "never written");
}

TEST_F(CpuTest, DirectAccessesArePostedWithTheirSizes) {
  Board board("board", one_cycle_each(), ns(0), ns(0));
  put_setup(board);
  board.program({sw(28, 7, 0), s_type(0, 28, 7, 4), lw(5, 28, 0), i_type(0x03, 5, 5, 28, 0), kWfi},
                body_);
  DmiAccesses total;
  board.cpu.on_dmi_accesses = [&](const DmiAccesses& accesses) {
    EXPECT_EQ(accesses.base, kMemory);
    total.reads += accesses.reads;
    total.writes += accesses.writes;
    total.read_bytes += accesses.read_bytes;
    total.write_bytes += accesses.write_bytes;
  };
  board.cpu.reset(kMemory, 0, 0);
  sc_core::sc_start();
  // The first instruction came over the bus; the other 14 were fetched directly, four bytes each.
  EXPECT_EQ(board.transactions, 1u);
  EXPECT_EQ(total.reads, 14u + 2u);
  EXPECT_EQ(total.read_bytes, 14u * 4 + 6u);
  EXPECT_EQ(total.writes, 2u);
  EXPECT_EQ(total.write_bytes, 5u);
}

TEST_F(CpuTest, InvalidatedDirectMemoryIsReachedOverTheBusAgain) {
  Board board("board", one_cycle_each(), ns(0), ns(0));
  board.program({addi(9, 9, 1), jal(0, -4)});
  board.cpu.reset(kMemory, 0, 0);
  sc_core::sc_start(ns(1000));
  EXPECT_EQ(board.transactions, 1u);
  board.direct = false;
  board.bus->invalidate_direct_mem_ptr(kMemory, kMemory + 3);
  sc_core::sc_start(ns(1000));
  EXPECT_GT(board.transactions, 20u);
}

TEST_F(CpuTest, TheTimeCsrAsksAtTheLocalTime) {
  Board board("board", one_cycle_each(), ns(0), ns(0));
  put_setup(board);
  board.program({csrrs(8, hart::csr::kTime, 0), csrrs(9, hart::csr::kCycle, 0), kWfi}, body_);
  board.cpu.mtime = [] { return sc_core::sc_time_stamp().value(); };
  board.cpu.reset(kMemory, 0, 0);
  sc_core::sc_start();
  // Three cycles after `time`, with its fetch, comes `cycle`.
  EXPECT_EQ(board.cpu.hart().x(8) + 3 * 2500, board.cpu.hart().x(9) * 2500);
}

TEST_F(CpuTest, AChangeOfFrequencyKeepsPastCyclesAndChangesTheNext) {
  Board board("board", one_cycle_each(), ns(0), ns(0));
  board.program({jal(0, 0)});
  board.cpu.reset(kMemory, 0, 0);
  sc_core::sc_start(ns(10'000));
  const std::uint64_t before = board.cpu.cycles();
  board.cpu.set_frequency(100'000'000);
  sc_core::sc_start(ns(10'000));
  EXPECT_NEAR(static_cast<double>(before), 4000.0, 25.0);
  EXPECT_NEAR(static_cast<double>(board.cpu.cycles() - before), 1000.0, 25.0);
}

TEST_F(CpuTest, AResetWhileAsleepStartsAgain) {
  Board board("board", one_cycle_each(), ns(0), ns(0));
  board.program({kWfi});
  board.program({addi(12, 10, 1), kWfi}, kMemory + 0x40);
  board.cpu.reset(kMemory, 0, 0);
  sc_core::sc_start();
  board.cpu.reset(kMemory + 0x40, 41, 7);
  sc_core::sc_start();
  EXPECT_EQ(board.cpu.hart().x(12), 42u);
  EXPECT_EQ(board.cpu.hart().x(11), 7u);
  EXPECT_EQ(board.cpu.instret(), 2u);
}

}  // namespace
}  // namespace cairn
