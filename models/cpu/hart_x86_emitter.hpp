// One block of guest code as x86-64 code.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "models/cpu/hart_x86.hpp"

namespace cairn::hart::x86 {

/// When a guest's branch is taken, after a comparison of its operands.
host::CondCode condition(Op branch);

class Emitter {
 public:
  Emitter(host::Assembler& a, const Frame& frame, const SharedCode& shared, const Block& block,
          const BlockCache& cache)
      : a_(a), frame_(frame), shared_(shared), block_(block), cache_(cache) {}

  void emit();

 private:
  using Stub = std::function<void()>;

  // hart_x86_emitter.cpp: entry, lines, and what is paid
  void entry();
  void line(const LineEntry& entry);
  void instruction(std::size_t index);
  void give_back(const Work& back);
  /// Constants behind the code.
  host::Mem constant(std::uint64_t value);
  host::Mem constant(const Tally& tally);
  void emit_constants();
  void leave(Exit exit, std::size_t index = 0);
  /// Code that lies behind the block, where it is not in the way.
  void later(Stub stub) { stubs_.push_back(std::move(stub)); }

  // hart_x86_branch.cpp: transfers
  void compare(const Instruction& branch);
  void branch(const Instruction& in, std::size_t index);
  void side_exit(const SideExit& side);
  void skip(const Skip& skip);
  void jump(const Instruction& in, std::size_t index);
  void jump_register(const Instruction& in, std::size_t index);
  void watch_calls(const Instruction& in, std::size_t index);
  /// Goes on at another block: a jump that is redirected once that is translated.
  void go_on(std::uint32_t pc);

  // hart_x86_select.cpp: skips without a jump
  bool can_select(const Skip& skip) const;
  void begin_select(const Skip& skip);
  void end_select();

  // hart_x86_arithmetic.cpp
  void compute(const Instruction& in);
  void immediate(const Instruction& in);
  void two_registers(const Instruction& in);
  void set_if_less(const Instruction& in);
  void multiply_high(const Instruction& in);
  void divide(const Instruction& in);
  /// A host register with the guest register's value: its own, or `scratch`.
  host::Gp value(unsigned guest, const host::Gp& scratch);
  void load(const host::Gp& target, unsigned guest);
  void store(unsigned guest, const host::Gp& source);
  void set(unsigned guest, std::uint32_t value);

  // hart_x86_bitmanip.cpp
  void bitmanip(const Instruction& in);
  void keep_first_if(host::CondCode holds);
  void count_bits();
  void combine_bytes();

  // hart_x86_memory.cpp
  void access(const Instruction& in, std::size_t index);
  void move(const Instruction& in, host::Mem memory);

  host::Assembler& a_;
  const Frame& frame_;
  const SharedCode& shared_;
  const Block& block_;
  const BlockCache& cache_;
  std::uint32_t pc_ = 0;  // of the instruction under way
  asmjit::Label start_;
  std::vector<Stub> stubs_;
  std::vector<std::pair<Tally, asmjit::Label>> tallies_;
  std::vector<std::pair<std::uint64_t, asmjit::Label>> words_;
  std::array<asmjit::Label, Block::kMaxInstructions> joins_;  // where skips go
  const Skip* selected_ = nullptr;                            // the one under way
  std::vector<std::uint8_t> restored_;                        // registers in its slots
};

}  // namespace cairn::hart::x86
