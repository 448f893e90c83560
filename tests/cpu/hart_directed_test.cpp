// Each instruction alone: the rows of tests/cpu/directed, and that no instruction lacks one.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <set>
#include <string>

#include "models/cpu/hart_decode.hpp"
#include "tests/cpu/directed_case.hpp"
#include "tests/cpu/encode.hpp"
#include "tests/cpu/test_machine.hpp"

namespace cairn {
namespace {

using namespace test;
using hart::Op;

constexpr std::uint32_t kHandler = kRamBase + 0x400;
constexpr std::uint32_t kScratchCode = kRamBase + 0x100;
constexpr std::uint32_t kFloatOn = 0x6000, kFloatOnMachineMode = 0x7800;
constexpr hart::Extensions kAll{.has_float = true, .has_bitmanip = true};

const std::map<std::string, std::uint32_t>& csr_numbers() {
  static const std::map<std::string, std::uint32_t> numbers{
      {"fflags", hart::csr::kFflags},     {"frm", hart::csr::kFrm},
      {"mscratch", hart::csr::kMscratch}, {"mepc", hart::csr::kMepc},
      {"mcause", hart::csr::kMcause},     {"mtval", hart::csr::kMtval},
      {"mstatus", hart::csr::kMstatus}};
  return numbers;
}

const std::vector<DirectedCase>& cases() {
  static const std::vector<DirectedCase> all = read_directed_cases("tests/cpu/directed");
  return all;
}

/// A machine that stands in front of a row.
class CaseMachine {
 public:
  explicit CaseMachine(const DirectedCase& given) : case_(given), machine_(config(), 1 << 17) {
    std::ranges::copy(given.code, machine_.ram.begin() + (kCaseCode - kRamBase));
    machine_.put(kHandler, kNop);
    set_csr(hart::csr::kMtvec, kHandler);
    set_csr(hart::csr::kMstatus, kFloatOnMachineMode);
    for (unsigned i = 0; i < 32; ++i)
      machine_.hart.set_f(i, 0x3f80'0000 + i);
    for (const auto& [name, value] : given.before)
      if (name[0] == 'f' && !csr_numbers().contains(name)) set(name, value);
    for (const auto& [name, value] : given.before)  // mstatus may turn the floating point off
      if (csr_numbers().contains(name)) set_csr(csr_numbers().at(name), value);
    for (unsigned i = 1; i < 32; ++i)
      machine_.hart.set_x(i, 0x0101'0101 * i);
    machine_.hart.set_x(2, kCaseData);
    machine_.hart.set_x(8, kCaseData);
    for (std::uint32_t offset = 0; offset < 16; offset += 4)
      machine_.put(kCaseData + offset, 0xa0a1'a2a3 + offset);
    for (const auto& [name, value] : given.before)
      if (name[0] != 'f' && !csr_numbers().contains(name)) set(name, value);
    machine_.hart.set_pc(kCaseCode);
  }

  void run() {
    for (const std::string& instruction : case_.mnemonics()) {
      (void)instruction;
      ASSERT_EQ(machine_.run(1), hart::Stop::kLimit) << machine_.hart.halt().text();
    }
  }

  /// Everything that a row may list, by name; traps set mcause, mtval and mepc.
  std::map<std::string, std::uint32_t> state() const {
    std::map<std::string, std::uint32_t> state;
    for (unsigned i = 0; i < 32; ++i) {
      state[fmt::format("x{}", i)] = machine_.hart.x(i);
      state[fmt::format("f{}", i)] = machine_.hart.f(i);
    }
    for (std::uint32_t offset = 0; offset < 16; offset += 4)
      state[fmt::format("m{}", offset)] = machine_.get(kCaseData + offset);
    for (const auto& [name, number] : csr_numbers())
      state[name] = machine_.hart.csr(number);
    state["pc"] = machine_.hart.pc() - kCaseCode;
    return state;
  }

 private:
  static hart::HartConfig config() {
    hart::HartConfig config = TestMachine::one_cycle_each();
    config.extensions = kAll;
    return config;
  }

  void set_csr(std::uint32_t number, std::uint32_t value) {
    machine_.put(kScratchCode, csrrw(0, number, 31));
    machine_.hart.invalidate(kScratchCode, 4);
    machine_.hart.set_pc(kScratchCode);
    machine_.hart.set_x(31, value);
    EXPECT_EQ(machine_.run(1), hart::Stop::kLimit);
  }
  void set(const std::string& name, std::uint32_t value) {
    const auto index = static_cast<std::uint32_t>(std::stoul(name.substr(1)));
    if (name[0] == 'x') machine_.hart.set_x(index, value);
    if (name[0] == 'f') machine_.hart.set_f(index, value);
    if (name[0] == 'm') machine_.put(kCaseData + index, value);
  }

  const DirectedCase& case_;
  TestMachine machine_;
};

/// The instructions of a row, decoded.
std::vector<hart::Instruction> decoded(const DirectedCase& c) {
  std::vector<hart::Instruction> instructions;
  std::size_t offset = 0;
  for (std::size_t i = 0; i < c.mnemonics().size(); ++i) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &c.code[offset], 4);
    instructions.push_back(hart::decode(bits, kAll));
    offset += instructions.back().size;
  }
  return instructions;
}

std::uint32_t bytes_of(const DirectedCase& c) {
  std::uint32_t bytes = 0;
  for (const hart::Instruction& in : decoded(c))
    bytes += in.size;
  return bytes;
}

TEST(HartDirectedTest, AnInstructionChangesExactlyWhatItsRowLists) {
  ASSERT_GT(cases().size(), 200u);
  // CSRs that only count where a row lists them.
  const std::set<std::string> optional{"mscratch", "mepc", "mcause", "mtval", "mstatus"};
  for (const DirectedCase& c : cases()) {
    SCOPED_TRACE(fmt::format("{}: {}", c.place, c.assembly));
    CaseMachine machine(c);
    std::map<std::string, std::uint32_t> expected = machine.state();
    expected["pc"] = bytes_of(c);
    for (const std::string& name : optional)
      expected.erase(name);
    for (const auto& [name, value] : c.after) {
      expected[name] = value;
      if (name == "mcause") expected["pc"] = kHandler - kCaseCode;
    }
    machine.run();
    if (expected["pc"] == kHandler - kCaseCode) expected["mepc"] = kCaseCode;
    const std::map<std::string, std::uint32_t> actual = machine.state();
    for (const auto& [name, value] : expected) {
      ASSERT_TRUE(actual.contains(name)) << name;
      EXPECT_EQ(actual.at(name), value)
          << fmt::format("{} is {:#x}, not {:#x}", name, actual.at(name), value);
    }
  }
}

TEST(HartDirectedTest, EveryInstructionHasARow) {
  std::set<Op> seen{Op::kUndecoded, Op::kDebugBreak};  // no instructions
  for (const DirectedCase& c : cases())
    for (const hart::Instruction& in : decoded(c))
      seen.insert(in.op);
  for (unsigned op = 0; op <= static_cast<unsigned>(hart::kLastOp); ++op)
    EXPECT_TRUE(seen.contains(static_cast<Op>(op))) << "Op number " << op;
}

TEST(HartDirectedTest, EveryCompressedFormHasARow) {
  std::set<std::string> seen;
  for (const DirectedCase& c : cases())
    for (const std::string& mnemonic : c.mnemonics()) {
      if (!mnemonic.starts_with("c.")) continue;
      seen.insert(mnemonic);
      EXPECT_EQ(decoded(c).front().size, 2u) << c.place;
    }
  const std::set<std::string> forms{
      "c.addi4spn", "c.flw", "c.lw",   "c.fsw",  "c.sw",     "c.nop",   "c.addi", "c.jal",
      "c.li",       "c.lui", "c.srli", "c.srai", "c.andi",   "c.sub",   "c.xor",  "c.addi16sp",
      "c.or",       "c.and", "c.j",    "c.beqz", "c.bnez",   "c.slli",  "c.lwsp", "c.flwsp",
      "c.jr",       "c.mv",  "c.add",  "c.jalr", "c.ebreak", "c.fswsp", "c.swsp"};
  EXPECT_EQ(seen, forms);
}

TEST(HartDirectedTest, WithoutItsExtensionAnInstructionIsIllegal) {
  for (const DirectedCase& c : cases())
    for (const hart::Instruction& in : decoded(c)) {
      const Op plain = hart::decode(in.bits, {}).op;
      const bool optional = hart::is_float(in.op) || hart::is_bitmanip(in.op);
      EXPECT_EQ(plain, optional ? Op::kIllegal : in.op) << c.place;
    }
}

TEST(HartDirectedTest, FloatingPointIsIllegalWhileItIsOff) {
  for (const DirectedCase& c : cases()) {
    if (!hart::is_float(decoded(c).front().op)) continue;
    SCOPED_TRACE(fmt::format("{}: {}", c.place, c.assembly));
    DirectedCase off = c;
    off.before.emplace_back("mstatus", 0x1800);
    CaseMachine machine(off);
    machine.run();
    EXPECT_EQ(machine.state().at("mcause"), 2u);
    EXPECT_EQ(machine.state().at("mtval"), decoded(c).front().bits);
    EXPECT_EQ(machine.state().at("pc"), kHandler - kCaseCode);
  }
}

TEST(HartDirectedTest, WhatChangesFloatingPointStateMakesItDirty) {
  constexpr std::uint32_t kClean = 0x4000, kDirty = kFloatOn | 0x8000'0000, kMachine = 0x1800;
  const auto status_after = [](const std::string& assembly) {
    for (const DirectedCase& c : cases()) {
      if (c.assembly != assembly) continue;
      DirectedCase clean = c;
      clean.before.emplace_back("mstatus", kClean | kMachine);
      CaseMachine machine(clean);
      machine.run();
      return machine.state().at("mstatus");
    }
    ADD_FAILURE() << "no row " << assembly;
    return 0u;
  };
  EXPECT_EQ(status_after("flw f5, 4(x8)"), kDirty | kMachine);
  EXPECT_EQ(status_after("fmv.w.x f5, x6"), kDirty | kMachine);
  EXPECT_EQ(status_after("fadd.s f5, f6, f7, rne"), kDirty | kMachine);
  EXPECT_EQ(status_after("csrrw x5, frm, x6"), kDirty | kMachine);
  EXPECT_EQ(status_after("fcvt.w.s x5, f6, rmm"), kDirty | kMachine);  // by its inexact flag
  EXPECT_EQ(status_after("fmv.x.w x5, f6"), kClean | kMachine);
  EXPECT_EQ(status_after("fsw f6, 8(x8)"), kClean | kMachine);
  EXPECT_EQ(status_after("flt.s x5, f6, f7"), kClean | kMachine);
}

}  // namespace
}  // namespace cairn
