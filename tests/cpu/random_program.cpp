#include "tests/cpu/random_program.hpp"

#include <fmt/format.h>

#include <array>
#include <random>
#include <string_view>
#include <vector>

namespace cairn::test {
namespace {

// x2 is the handler's stack, x3 the trap log, x8 the data buffer: the body leaves them alone.
constexpr std::array kFree{1,  4,  5,  6,  7,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18,
                           19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 0};

constexpr std::string_view kPrologue = R"(
.globl _start
.text
_start:
  la t0, handler
  csrw mtvec, t0
  la sp, stack_top
  la gp, trap_log
  la s0, buffer + 2048
)";

// The handler logs mcause, mtval and mepc and steps over the instruction that trapped.
constexpr std::string_view kEpilogue = R"(
  sw x1, -4(sp)
  sw x31, -8(sp)
  la x1, registers
  .irp r, 0,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  sw x\r, 4*\r(x1)
  .endr
  lw x31, -4(sp)
  sw x31, 4(x1)
  csrr s2, mscratch
  sw s2, 0(x1)
  mv s1, x1
  la s2, registers_end
  call dump
  la s1, buffer
  la s2, buffer + 4096
  call dump
  la s1, trap_log
  mv s2, gp
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
  sw t0, -16(sp)
  sw t1, -20(sp)
  csrr t0, mcause
  sw t0, 0(gp)
  csrr t0, mtval
  sw t0, 4(gp)
  csrr t0, mepc
  sw t0, 8(gp)
  addi gp, gp, 12
  lbu t1, 0(t0)
  andi t1, t1, 3
  addi t1, t1, -3
  addi t0, t0, 2
  bnez t1, short
  addi t0, t0, 2
short: csrw mepc, t0
  li t0, 0x1800
  csrs mstatus, t0
  lw t0, -16(sp)
  lw t1, -20(sp)
  mret

  .data
  .balign 16
registers: .space 128
registers_end:
  .space 64
stack_top: .space 16
buffer: .space 4096, 0xa5
trap_log: .space 65536
)";

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  std::string run(unsigned instructions) {
    text_ = kPrologue;
    for (const int reg : kFree)
      if (reg != 0) line("li x{}, {:#x}", reg, operand());
    for (unsigned i = 0; i < instructions; ++i)
      one();
    text_ += kEpilogue;
    return std::move(text_);
  }

 private:
  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    text_ += "  " + fmt::format(format, std::forward<Args>(args)...) + "\n";
  }
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
  int reg() { return kFree[below(kFree.size())]; }
  template <typename T>
  const T& pick(const std::vector<T>& from) {
    return from[below(static_cast<std::uint32_t>(from.size()))];
  }
  /// Often an edge of the range.
  std::uint32_t operand() {
    static const std::vector<std::uint32_t> edges{
        0, 1, 2, 31, 32, 0x7fff'ffff, 0x8000'0000, 0x8000'0001, 0xffff'ffff, 0xffff'fffe};
    return below(3) == 0 ? pick(edges) : static_cast<std::uint32_t>(random_());
  }
  int signed12() { return static_cast<int>(below(4096)) - 2048; }

  void one() {
    switch (below(16)) {
      case 0:
      case 1:
      case 2:
        return register_register();
      case 3:
      case 4:
      case 5:
        return register_immediate();
      case 6:
      case 7:
        return load();
      case 8:
      case 9:
        return store();
      case 10:
        return branch();
      case 11:
        return atomic();
      case 12:
        return csr();
      case 13:
        return raw_word();
      case 14:
        return raw_parcel();
      default:
        return trap();
    }
  }

  void register_register() {
    static const std::vector<std::string_view> ops{
        "add", "sub", "sll",  "slt",    "sltu",  "xor", "srl",  "sra", "or",
        "and", "mul", "mulh", "mulhsu", "mulhu", "div", "divu", "rem", "remu"};
    const int rd = reg();
    if (below(2) == 0)
      line("{} x{}, x{}, x{}", pick(ops), rd, rd, reg());  // what may be compressed
    else
      line("{} x{}, x{}, x{}", pick(ops), rd, reg(), reg());
  }
  void register_immediate() {
    static const std::vector<std::string_view> ops{"addi", "slti", "sltiu", "xori", "ori", "andi"};
    static const std::vector<std::string_view> shifts{"slli", "srli", "srai"};
    const int rd = reg();
    const int rs = below(2) == 0 ? rd : reg();
    switch (below(4)) {
      case 0:
        return line("{} x{}, x{}, {}", pick(shifts), rd, rs, below(32));
      case 1:
        return line("lui x{}, {:#x}", rd, below(1 << 20));
      case 2:
        return line("auipc x{}, {:#x}", rd, below(1 << 20));
      default:
        return line("{} x{}, x{}, {}", pick(ops), rd, rs,
                    below(2) == 0 ? static_cast<int>(below(64)) - 32 : signed12());
    }
  }
  int offset() { return below(3) == 0 ? static_cast<int>(below(32)) * 4 : signed12() / 2; }
  void load() {
    static const std::vector<std::string_view> ops{"lb", "lh", "lw", "lbu", "lhu", "lw"};
    line("{} x{}, {}(s0)", pick(ops), reg(), offset());
  }
  void store() {
    static const std::vector<std::string_view> ops{"sb", "sh", "sw", "sw"};
    line("{} x{}, {}(s0)", pick(ops), reg(), offset());
  }
  void branch() {
    static const std::vector<std::string_view> ops{"beq", "bne", "blt", "bge", "bltu", "bgeu"};
    const int label = labels_++;
    switch (below(4)) {
      case 0:
        line("jal x{}, L{}", reg(), label);
        break;
      case 1:
        line("la x5, L{} + {}", label, below(2));  // bit 0 of the target is dropped
        line("jalr x{}, 0(x5)", reg());
        break;
      default:
        line("{} x{}, x{}, L{}", pick(ops), reg(), reg(), label);
        break;
    }
    const std::uint32_t skipped = below(3);
    for (std::uint32_t i = 0; i < skipped; ++i)
      register_immediate();
    text_ += fmt::format("L{}:\n", label);
  }
  void atomic() {
    static const std::vector<std::string_view> ops{"swap", "add", "xor",  "and", "or",
                                                   "min",  "max", "minu", "maxu"};
    line("addi x9, s0, {}", static_cast<int>(below(8)) * 4);
    if (below(2) == 0) return line("amo{}.w x{}, x{}, (x9)", pick(ops), reg(), reg());
    line("lr.w x{}, (x9)", reg());
    line("addi x9, s0, {}", static_cast<int>(below(2)) * 4);
    if (below(3) == 0) store();
    line("sc.w x{}, x{}, (x9)", reg(), reg());
  }
  void csr() {
    static const std::vector<std::string_view> ops{"csrrw", "csrrs", "csrrc"};
    static const std::vector<std::string_view> csrs{"mscratch", "mcause", "mtval"};
    if (below(2) == 0) return line("{}i x{}, {}, {}", pick(ops), reg(), pick(csrs), below(32));
    line("{} x{}, {}, x{}", pick(ops), reg(), pick(csrs), reg());
  }

  /// Words of opcodes that cannot jump or reach memory, with everything else random.
  void raw_word() {
    // OP, OP-IMM, floating point, custom, and the reserved function codes of the others
    static const std::vector<std::uint32_t> opcodes{0x33, 0x13, 0x53, 0x43, 0x07, 0x27, 0x0b, 0x2b};
    static const std::vector<std::uint32_t> reserved{0x6003, 0x7003, 0x3003, 0x3023,
                                                     0x7023, 0x2063, 0x3063, 0x1067,
                                                     0x7067, 0x4073, 0x302f, 0x002f};
    std::uint32_t word = static_cast<std::uint32_t>(random_());
    if (below(3) == 0) {
      const std::uint32_t match = pick(reserved);
      word = (word & ~0x707fu) | match;
    } else {
      word = (word & ~0x7fu) | pick(opcodes);
      if (below(2) == 0) word &= ~0xbe00'0000u;  // funct7 0 or 0x20
    }
    word = (word & ~0xf80u) | static_cast<std::uint32_t>(reg()) << 7;
    line(".word {:#010x}", word);
  }
  /// Compressed instructions that cannot jump or reach memory, reserved ones among them.
  void raw_parcel() {
    std::uint32_t parcel = below(1 << 16);
    const auto rd = static_cast<std::uint32_t>(reg());
    const std::uint32_t rd_short = 1 + below(7);  // not s0
    const auto with_rd = [&](std::uint32_t bits) { return (bits & ~0xf80u) | rd << 7; };
    switch (below(8)) {
      case 0:
        parcel = (parcel & 0x1fe0) | rd_short << 2;
        break;  // c.addi4spn
      case 1:
        parcel = with_rd((parcel & 0x107c) | 0x0001);
        break;  // c.addi
      case 2:
        parcel = with_rd((parcel & 0x107c) | 0x4001);
        break;  // c.li
      case 3:
        parcel = with_rd((parcel & 0x107c) | 0x6001);
        break;  // c.lui
      case 4:
        parcel = (parcel & 0x1c7c) | rd_short << 7 | 0x8001;
        break;  // arithmetic
      case 5:
        parcel = with_rd((parcel & 0x107c) | 0x0002);
        break;  // c.slli
      case 6:
        parcel = with_rd((parcel & 0x107c) | 0x8002 | 4);
        break;  // c.mv, c.add
      default:  // floating point
        parcel = (parcel & 0x1ffc) |
                 pick(std::vector<std::uint32_t>{0x2000, 0x6000, 0x8000, 0xa000, 0xe000, 0x2002,
                                                 0x6002, 0xa002, 0xe002});
        break;
    }
    line(".hword {:#06x}", parcel);
  }
  void trap() {
    switch (below(8)) {
      case 0:
        return line("ecall");
      case 1:
        return line("ebreak");
      case 2:
        line("li x6, {:#x}", 0x8800'0000u - below(8));  // the end of RAM
        return line("lw x{}, 0(x6)", reg());
      case 3:
        line("li x6, {:#x}", 0x8800'0000u + below(8));
        return line("sw x{}, 0(x6)", reg());
      case 4:
        line("addi x6, s0, {}", 1 + below(3));
        return line("lr.w x{}, (x6)", reg());
      case 5:
        return line("csrrw x{}, cycle, x{}", reg(), reg());
      case 6:
        return line("csrr x{}, {:#x}", reg(), pick(std::vector<int>{0x100, 0x105, 0x180, 0x7ff}));
      default:
        return line(".hword 0");
    }
  }

  std::mt19937 random_;
  std::string text_;
  int labels_ = 0;
};

}  // namespace

std::string random_program(std::uint32_t seed, unsigned instructions) {
  return Generator(seed).run(instructions);
}

}  // namespace cairn::test
