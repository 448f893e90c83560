#include "tests/cpu/random_float_program.hpp"

#include <fmt/format.h>

#include <string_view>

#include "tests/cpu/float_operands.hpp"

namespace cairn::test {
namespace {

// s0: where the next result goes, s1: the next operand, sp: the buffer. The steps may write
// x10 to x15 and x28 to x31, and all floating-point registers.
constexpr std::string_view kPrologue = R"(
.globl _start
.text
_start:
  la t0, handler
  csrw mtvec, t0
  li t0, 0x6000
  csrs mstatus, t0
  la s0, results
  la s1, operands
  la sp, buffer
  la gp, trap_log
)";

// The handler logs mcause and mtval and steps over the instruction that trapped.
constexpr std::string_view kEpilogue = R"(
  mv s2, s0
  la s1, results
  call dump
  la s1, trap_log
  mv s2, gp
  call dump
  la s1, buffer
  addi s2, s1, 256
  call dump
  li t0, 0x100000
  li t1, 0x5555
  sw t1, 0(t0)
forever: j forever

dump: li s3, 0x10000000
next_word: bgeu s1, s2, end_line
  lw a0, 0(s1)
  addi s1, s1, 4
  li t1, 28
next_digit: srl t2, a0, t1
  andi t2, t2, 15
  addi t2, t2, 48
  li t3, 58
  blt t2, t3, put
  addi t2, t2, 39
put: sb t2, 0(s3)
  addi t1, t1, -4
  bgez t1, next_digit
  li t2, 32
  sb t2, 0(s3)
  j next_word
end_line: li t2, 10
  sb t2, 0(s3)
  ret

  .balign 4
handler:
  csrr t0, mcause
  sw t0, 0(gp)
  csrr t0, mtval
  sw t0, 4(gp)
  addi gp, gp, 8
  csrr t0, mepc
  lbu t1, 0(t0)
  andi t1, t1, 3
  addi t1, t1, -3
  addi t0, t0, 2
  bnez t1, short
  addi t0, t0, 2
short: csrw mepc, t0
  li t0, 0x1800
  csrs mstatus, t0
  mret

  .data
  .balign 16
buffer: .space 256, 0xa5
trap_log: .space 65536
results: .space {}
operands:
)";

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : operands_(seed) {}

  FloatProgram run(unsigned steps) {
    program_.source = kPrologue;
    for (unsigned i = 0; i < 32; ++i)  // after reset, they are NaN on QEMU
      line("fmv.w.x f{}, x0", i);
    for (const unsigned reg : {10, 11, 12, 13, 14, 15, 28, 29, 30, 31})
      line("li x{}, 0", reg);
    for (unsigned i = 0; i < steps; ++i)
      step();
    program_.source += fmt::format(fmt::runtime(kEpilogue), 8 * steps);
    for (const std::uint32_t word : table_)
      program_.source += fmt::format("  .word {:#x}\n", word);
    return std::move(program_);
  }

 private:
  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    program_.source += "  " + fmt::format(format, std::forward<Args>(args)...) + "\n";
  }
  std::uint32_t below(std::uint32_t bound) { return operands_.raw() % bound; }
  std::string_view pick(const std::vector<std::string_view>& from) {
    return from[below(static_cast<std::uint32_t>(from.size()))];
  }
  /// A register that steps may write.
  std::uint32_t x() { return below(2) == 0 ? 10 + below(6) : 28 + below(4); }

  /// A source register, mostly with a new operand in it.
  std::uint32_t f() {
    const std::uint32_t index = below(32);
    if (below(8) == 0) return index;
    line("flw f{}, 0(s1)", index);
    table_.push_back(operands_.next());
    line("addi s1, s1, 4");
    return index;
  }
  std::uint32_t x_operand() {
    const std::uint32_t index = x();
    line("lw x{}, 0(s1)", index);
    table_.push_back(below(2) == 0 ? operands_.next() : operands_.raw() >> below(32));
    line("addi s1, s1, 4");
    return index;
  }

  void log_f(std::uint32_t rd, std::string text) {
    line("{}", text);
    line("fsw f{}, 0(s0)", rd);
    log_flags(std::move(text));
  }
  void log_x(std::uint32_t rd, std::string text) {
    line("{}", text);
    line("sw x{}, 0(s0)", rd);
    log_flags(std::move(text));
  }
  void log_flags(std::string text) {
    line("csrrw t0, fflags, x0");
    line("sw t0, 4(s0)");
    line("addi s0, s0, 8");
    program_.steps.push_back(std::move(text));
  }

  std::string_view rounding() { return pick({"rne", "rtz", "rdn", "rup", "rmm", "dyn", "dyn"}); }

  void step() {
    if (below(6) == 0) line("csrwi frm, {}", below(8) == 0 ? below(8) : below(5));
    switch (below(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return arithmetic();
      case 4:
      case 5:
      case 6:
        return fused();
      case 7:
        return to_integer();
      case 8:
        return from_integer();
      case 9:
        return comparison();
      case 10:
        return minimum_or_sign();
      case 11:
        return memory();
      case 12:
        return raw_float();
      case 13:
        return bitmanip();
      case 14:
        return raw_bitmanip();
      default:
        return below(8) == 0 ? turned_off() : control();
    }
  }

  void arithmetic() {
    const std::uint32_t a = f(), b = f(), rd = below(32);
    if (below(5) == 0) return log_f(rd, fmt::format("fsqrt.s f{}, f{}, {}", rd, a, rounding()));
    log_f(rd, fmt::format("{} f{}, f{}, f{}, {}", pick({"fadd.s", "fsub.s", "fmul.s", "fdiv.s"}),
                          rd, a, b, rounding()));
  }
  void fused() {
    const std::uint32_t a = f(), b = f(), c = f(), rd = below(32);
    log_f(rd, fmt::format("{} f{}, f{}, f{}, f{}, {}",
                          pick({"fmadd.s", "fmsub.s", "fnmsub.s", "fnmadd.s"}), rd, a, b, c,
                          rounding()));
  }
  void to_integer() {
    const std::uint32_t a = f(), rd = x();
    if (below(4) == 0)
      return log_x(rd, fmt::format("{} x{}, f{}", pick({"fclass.s", "fmv.x.w"}), rd, a));
    log_x(rd, fmt::format("{} x{}, f{}, {}", pick({"fcvt.w.s", "fcvt.wu.s"}), rd, a, rounding()));
  }
  void from_integer() {
    const std::uint32_t a = x_operand(), rd = below(32);
    if (below(4) == 0) return log_f(rd, fmt::format("fmv.w.x f{}, x{}", rd, a));
    log_f(rd, fmt::format("{} f{}, x{}, {}", pick({"fcvt.s.w", "fcvt.s.wu"}), rd, a, rounding()));
  }
  void comparison() {
    const std::uint32_t a = f(), b = f(), rd = x();
    log_x(rd, fmt::format("{} x{}, f{}, f{}", pick({"feq.s", "flt.s", "fle.s"}), rd, a, b));
  }
  void minimum_or_sign() {
    const std::uint32_t a = f(), b = f(), rd = below(32);
    log_f(rd, fmt::format("{} f{}, f{}, f{}",
                          pick({"fmin.s", "fmax.s", "fsgnj.s", "fsgnjn.s", "fsgnjx.s"}), rd, a, b));
  }
  /// Any alignment; the assembler takes the compressed forms where there are any.
  void memory() {
    const std::uint32_t a = f(), rd = below(32);
    line("fsw f{}, {}(sp)", a, below(2) == 0 ? below(252) : 4 * below(60));
    log_f(rd, fmt::format("flw f{}, {}(sp)", rd, below(2) == 0 ? below(252) : 4 * below(60)));
  }
  /// OP-FP and the fused opcodes with everything else random: reserved functions, other formats.
  void raw_float() {
    const std::uint32_t opcodes[] = {0x53, 0x53, 0x53, 0x43, 0x47, 0x4b, 0x4f};
    std::uint32_t word = (operands_.raw() & ~0x7fu) | opcodes[below(7)];
    if (below(2) == 0) word &= ~(3u << 25);
    if (below(3) == 0) word &= 0xfe1f'ffff;                                // rs2 is 0 or 1
    if (below(8) == 0) word = (word & ~0x707fu) | 0x3007 | below(2) << 5;  // fld, fsd
    const std::uint32_t rd = x();
    word = (word & ~0xf80u) | rd << 7;
    log_x(rd, fmt::format(".word {:#010x}", word));
    log_f(rd, "nop");
  }
  void control() {
    const std::uint32_t value = x_operand(), rd = x();
    log_x(rd, fmt::format("csrrw x{}, {}, x{}", rd, pick({"fcsr", "frm", "fflags"}), value));
    log_x(rd, fmt::format("csrrs x{}, {}, x0", rd, pick({"fcsr", "frm", "fflags"})));
  }
  void turned_off() {
    line("li t0, 0x6000");
    line("csrc mstatus, t0");
    line("{}", pick({"fadd.s f1, f2, f3", "flw f1, 0(sp)", "fsw f1, 0(sp)", "fmv.x.w x10, f1",
                     "csrr x10, fcsr", "csrw frm, x0", "fsw f8, 0(s0)", "flw f9, 4(sp)"}));
    line("li t0, 0x6000");  // the trap handler uses t0
    line("csrs mstatus, t0");
    log_x(10, "nop");
  }

  void bitmanip() {
    const std::uint32_t a = x_operand(), rd = x();
    switch (below(4)) {
      case 0:
        return log_x(
            rd,
            fmt::format("{} x{}, x{}",
                        pick({"clz", "ctz", "cpop", "sext.b", "sext.h", "zext.h", "orc.b", "rev8"}),
                        rd, a));
      case 1:
        return log_x(rd, fmt::format("rori x{}, x{}, {}", rd, a, below(32)));
      default:
        break;
    }
    const std::uint32_t b = x_operand();
    log_x(rd, fmt::format("{} x{}, x{}, x{}",
                          pick({"sh1add", "sh2add", "sh3add", "andn", "orn", "xnor", "min", "max",
                                "minu", "maxu", "rol", "ror"}),
                          rd, a, b));
  }
  /// OP and OP-IMM with the function codes of bit manipulation, implemented or not.
  void raw_bitmanip() {
    const std::uint32_t functions[] = {0x04, 0x05, 0x10, 0x14, 0x20, 0x24, 0x30, 0x34, 0x08, 0x0c};
    const std::uint32_t a = x_operand(), rd = x();
    const std::uint32_t rs2 = below(3) == 0 ? 0 : below(32);
    const std::uint32_t word = functions[below(10)] << 25 | rs2 << 20 | a << 15 | below(8) << 12 |
                               rd << 7 | (below(2) == 0 ? 0x13 : 0x33);
    log_x(rd, fmt::format(".word {:#010x}", word));
  }

  FloatOperands operands_;
  FloatProgram program_;
  std::vector<std::uint32_t> table_;
};

}  // namespace

FloatProgram random_float_program(std::uint32_t seed, unsigned steps) {
  return Generator(seed).run(steps);
}

}  // namespace cairn::test
