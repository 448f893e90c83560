// Layout: statements in order, jumps filled in when their distance is known.
#include "tests/cpu/program_tree.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "tests/cpu/encode.hpp"

namespace cairn::test {
namespace {

constexpr std::uint32_t kSupervisor = 0x8000'0000, kFinish = 0x40;

/// The branch or jump with this distance, or one that falls through if it does not reach so far.
std::uint32_t with_distance(std::uint32_t branch, std::int32_t distance) {
  const std::uint32_t funct3 =
      branch >> 13;  // of a 16-bit one: c.j is 5, c.beqz and c.bnez 6 and 7
  if ((branch & 0x7f) == 0x6f) return branch | jal(0, distance);
  if ((branch & 3) == 3) return distance < 4096 ? branch | b_type(0, 0, 0, distance) : kNop;
  if (funct3 == 5) return distance < 2048 ? branch | cj_type(5, distance) : c_addi(0, 0);
  return distance < 256 ? branch | cb_type(funct3, 0, distance) : c_addi(0, 0);
}

class Layout {
 public:
  std::vector<std::uint16_t> run(const Program& program) {
    put(lw(31, 2, 0x37c));
    all(program);
    put(sw(2, 31, -32));
    put(lui(31, kSupervisor));
    put(jalr(0, 31, kFinish));
    return std::move(parcels_);
  }

 private:
  using Kind = Statement::Kind;

  std::int32_t here() const { return static_cast<std::int32_t>(2 * parcels_.size()); }
  void put(std::uint32_t bits) {
    parcels_.push_back(static_cast<std::uint16_t>(bits));
    if ((bits & 3) == 3) parcels_.push_back(static_cast<std::uint16_t>(bits >> 16));
  }
  void replace(std::int32_t at, std::uint32_t bits) {
    parcels_[static_cast<std::size_t>(at / 2)] = static_cast<std::uint16_t>(bits);
    if ((bits & 3) == 3)
      parcels_[static_cast<std::size_t>(at / 2) + 1] = static_cast<std::uint16_t>(bits >> 16);
  }
  void all(const Program& program) {
    for (const Statement& s : program)
      one(s);
  }
  void one(const Statement& s) {
    switch (s.kind) {
      case Kind::kCode:
        for (const std::uint32_t bits : s.code)
          put(bits);
        return;
      case Kind::kLoop:
        return loop(s);
      case Kind::kSkip:
        return skip(s);
      case Kind::kLeave:
        return leave(s);
      case Kind::kCall:
        return call(s);
      case Kind::kSwitch:
        return select(s);
      case Kind::kUser:
        return user(s);
    }
  }

  /// A branch of `code` whose target is filled in by `arrive`. It is inverted over a jump, as its
  /// own reach may be too short.
  std::int32_t depart(std::uint32_t branch) {
    const bool is_short = (branch & 3) != 3;
    if (is_short)
      put((branch ^ 0x2000) | cb_type(0, 0, 2 + 4));  // c.beqz <-> c.bnez
    else
      put((branch ^ 0x1000) | b_type(0, 0, 0, 4 + 4));
    put(kNop);
    return here() - 4;
  }
  void arrive(std::int32_t jump) { replace(jump, jal(0, here() - jump)); }

  void loop(const Statement& s) {
    put(addi(s.reg, 0, static_cast<std::int32_t>(s.count)));
    const std::int32_t top = here();
    std::vector<std::int32_t> outer;
    outer.swap(leaves_);
    ++loops_;
    all(s.body);
    put(s.compressed ? c_addi(s.reg, -1) : addi(s.reg, s.reg, -1));
    const std::int32_t back = top - here();
    if (s.compressed && s.reg >= 8 && s.reg < 16 && back >= -256)
      put(cb_type(7, s.reg - 8, back));
    else if (back >= -4096)
      put(b_type(1, s.reg, 0, back));
    else {
      put(b_type(0, s.reg, 0, 8));
      put(jal(0, back - 4));
    }
    for (const std::int32_t jump : leaves_)
      arrive(jump);
    --loops_;
    leaves_.swap(outer);
  }

  void skip(const Statement& s) {
    const std::int32_t at = here();
    put(s.code.front());
    all(s.body);
    replace(at, with_distance(s.code.front(), here() - at));
  }

  void leave(const Statement& s) {
    if (loops_ == 0) return;
    leaves_.push_back(depart(s.code.front()));
  }

  /// The ways to call: direct and indirect, long and short.
  void put_call(const Statement& s, std::uint32_t nth, std::int32_t distance) {
    const bool is_short = s.compressed && s.reg == 1;
    if (nth % 2 == 0) return put(is_short ? cj_type(1, distance) : jal(s.reg, distance));
    put(auipc(s.reg, 0));
    if (!is_short) return put(jalr(s.reg, s.reg, distance));
    put(addi(1, 1, distance));
    put(0x9082);  // c.jalr x1
  }

  void call(const Statement& s) {
    std::vector<std::int32_t> calls;
    for (std::uint32_t i = 0; i < s.count; ++i) {
      calls.push_back(here());
      put_call(s, i, 0);
    }
    const std::int32_t over = here();
    put(kNop);
    const std::int32_t function = here();
    std::vector<std::int32_t> outer;  // a function does not leave its caller's loop
    outer.swap(leaves_);
    const unsigned loops = std::exchange(loops_, 0);
    all(s.body);
    loops_ = loops;
    leaves_.swap(outer);
    put(s.compressed ? 0x8002 | s.reg << 7 : jalr(0, s.reg, 0));
    const std::vector<std::uint16_t> done = parcels_;
    for (std::uint32_t i = 0; i < s.count; ++i) {
      parcels_.resize(static_cast<std::size_t>(calls[i] / 2));
      put_call(s, i, function - calls[i]);
      std::copy(done.begin() + here() / 2, done.end(), std::back_inserter(parcels_));
    }
    replace(over, jal(0, here() - over));
  }

  void select(const Statement& s) {
    put(i_type(0x13, 7, s.scratch, s.reg, 12));  // andi
    const std::uint32_t base = s.scratch == 31 ? 30 : 31;
    put(auipc(base, 0));
    put(add(base, base, s.scratch));
    put(jalr(0, base, 12));
    const std::int32_t table = here();
    for (int i = 0; i < 4; ++i)
      put(kNop);
    std::vector<std::int32_t> ends;
    for (int i = 0; i < 4; ++i) {
      replace(table + 4 * i, jal(0, here() - (table + 4 * i)));
      if (i < static_cast<int>(s.body.size())) one(s.body[static_cast<std::size_t>(i)]);
      ends.push_back(here());
      put(kNop);
    }
    for (const std::int32_t jump : ends)
      arrive(jump);
  }

  void user(const Statement& s) {
    put(auipc(s.scratch, 0));
    put(addi(s.scratch, s.scratch, 28));
    put(csrrw(0, 0x341, s.scratch));  // mepc
    put(lui(s.scratch, 0x2000));
    put(addi(s.scratch, s.scratch, -0x800));
    put(csrrc(0, 0x300, s.scratch));  // mstatus.MPP = user
    put(kMret);
    const unsigned loops = std::exchange(loops_, 0);
    std::vector<std::int32_t> outer;
    outer.swap(leaves_);
    all(s.body);
    loops_ = loops;
    leaves_.swap(outer);
    put(kEcall);
  }

  std::vector<std::uint16_t> parcels_;
  std::vector<std::int32_t> leaves_;  // jumps to the end of the innermost loop
  unsigned loops_ = 0;                // around this place, within its function
};

}  // namespace

std::vector<std::uint16_t> assemble(const Program& program) {
  return Layout().run(program);
}

std::size_t instructions_of(const Program& program) {
  std::size_t sum = 0;
  for (const Statement& s : program)
    sum += s.code.size() + instructions_of(s.body) + (s.kind == Statement::Kind::kCode ? 0 : 2);
  return sum;
}

}  // namespace cairn::test
