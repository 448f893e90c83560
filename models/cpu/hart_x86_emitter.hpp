// One block of guest code as x86-64 code.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "models/cpu/hart_x86.hpp"

namespace cairn::hart::x86 {

class Emitter {
 public:
  Emitter(host::Assembler& a, const Frame& frame, const SharedCode& shared, const Block& block,
          const BlockCache& cache)
      : a_(a), frame_(frame), shared_(shared), block_(block), cache_(cache) {}

  void emit();

 private:
  using Stub = std::function<void()>;

  // hart_x86_emitter.cpp: entry, exits and transfers
  void entry();
  void line(const LineEntry& entry);
  void instruction(std::size_t index);
  void compare(const Instruction& branch);
  void branch(const Instruction& in, std::size_t index);
  void leave_aside(const SideExit& side, asmjit::Label taken, std::int32_t extra);
  void jump(const Instruction& in, std::size_t index);
  void jump_register(const Instruction& in, std::size_t index);
  void watch_calls(const Instruction& in, std::size_t index);
  /// Goes on at another block: a jump that is redirected once that is translated.
  void go_on(std::uint32_t pc);
  void leave(Exit exit, std::size_t index = 0);
  /// Code that lies behind the block, where it is not in the way.
  void later(Stub stub) { stubs_.push_back(std::move(stub)); }

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
};

}  // namespace cairn::hart::x86
