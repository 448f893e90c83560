#include "tests/cpu/random_program.hpp"

#include <algorithm>
#include <utility>

#include "tests/cpu/random_instruction.hpp"

namespace cairn::test {
namespace {

using Kind = Statement::Kind;

constexpr std::uint32_t kMstatus = 0x300, kMie = 0x304, kMtvec = 0x305, kMscratch = 0x340;
constexpr std::uint32_t kMepc = 0x341, kMcause = 0x342, kMtval = 0x343, kMip = 0x344;
constexpr std::uint32_t kVectored = 0x8000'0201, kHandler = 0x8000'0280;
constexpr std::uint32_t kMsip = 0x0200'0000, kNowhere = 0x9000'0000;
constexpr std::uint32_t kFence = 0x0ff0'000f;
constexpr std::uint32_t kBudget = 12'000;  // instructions that one loop may execute, roughly

class Generator {
 public:
  Generator(std::uint32_t seed, const RandomOptions& options) : random_(seed), options_(options) {}

  Program run() { return statements(40 + random_.below(60)); }

 private:
  static Statement code(std::vector<std::uint32_t> words) {
    return {.kind = Kind::kCode, .code = std::move(words)};
  }
  static Statement whole(std::vector<std::uint32_t> words) {
    return {.kind = Kind::kCode, .code = std::move(words), .whole = true};
  }
  /// lui and addi that load any value.
  static void load_immediate(std::vector<std::uint32_t>& out, std::uint32_t reg,
                             std::uint32_t value) {
    const auto low = static_cast<std::int32_t>(value << 20) >> 20;
    out.push_back(lui(reg, value - static_cast<std::uint32_t>(low)));
    out.push_back(addi(reg, reg, low));
  }
  static void append(std::vector<std::uint32_t>& out, std::initializer_list<std::uint32_t> more) {
    out.insert(out.end(), more);
  }

  Program statements(std::uint32_t count) {
    Program out;
    for (std::uint32_t i = 0; i < count; ++i)
      out.push_back(statement());
    return out;
  }

  Statement statement() {
    ++depth_;
    const std::uint32_t choice = random_.below(depth_ > 4 ? 72 : 100);
    Statement s = choice < 40   ? straight()
                  : choice < 46 ? indexed()
                  : choice < 50 ? atomic()
                  : choice < 54 ? csr()
                  : choice < 57 ? trap()
                  : choice < 60 ? raw()
                  : choice < 63 ? data_in_code()
                  : choice < 65 ? patch()
                  : choice < 67 ? interrupt()
                  : choice < 68 ? nowhere()
                  : choice < 70 ? stack_pointer()
                  : choice < 72 ? Statement{.kind = Kind::kLeave, .code = {leave_branch()}}
                  : choice < 80 ? loop()
                  : choice < 91 ? skip()
                  : choice < 95 ? call()
                  : choice < 98 ? select()
                                : user();
    --depth_;
    return s;
  }

  Statement straight() {
    std::vector<std::uint32_t> out;
    for (std::uint32_t i = 1 + random_.below(6); i != 0; --i) {
      const std::uint32_t choice = random_.below(16);
      out.push_back(choice < 7    ? random_.arithmetic()
                    : choice < 11 ? random_.compressed()
                    : choice < 13 ? random_.load()
                    : choice < 15 ? random_.store()
                                  : kFence);
    }
    return code(std::move(out));
  }

  /// An access whose address depends on the data, with any alignment, also over the page's end.
  Statement indexed() {
    const std::uint32_t at = random_.scratch();
    std::vector<std::uint32_t> out{i_type(0x13, 7, at, random_.source(), 0x7ff), add(at, at, 8)};
    const std::int32_t offset = random_.one_in(2) ? random_.signed_bits(12) : 0;
    for (std::uint32_t i = 1 + random_.below(2); i != 0; --i)
      out.push_back(random_.one_in(2)
                        ? i_type(3, random_.pick({0u, 1u, 2u, 4u, 5u}), target_but(at), at, offset)
                        : s_type(random_.below(3), at, random_.source(), offset));
    return whole(std::move(out));
  }

  std::uint32_t target_but(std::uint32_t reg) {
    for (;;)
      if (const std::uint32_t rd = random_.target(); rd != reg) return rd;
  }

  Statement atomic() {
    const std::uint32_t at = random_.scratch();
    const std::uint32_t order = random_.below(4);
    const auto amo = [&](std::uint32_t funct5, std::uint32_t rd, std::uint32_t rs2) {
      return r_type(0x2f, 2, funct5 << 2 | order, rd, at, rs2);
    };
    std::vector<std::uint32_t> out{addi(at, 8, static_cast<std::int32_t>(4 * random_.below(8)))};
    if (random_.one_in(2)) {
      out.push_back(amo(random_.pick({0u, 1u, 4u, 8u, 12u, 16u, 20u, 24u, 28u}), random_.target(),
                        random_.source()));
      return whole(std::move(out));
    }
    out.push_back(amo(2, target_but(at), 0));  // lr.w
    if (random_.one_in(3))
      out.push_back(addi(at, 8, static_cast<std::int32_t>(random_.below(2)) * 4));
    if (random_.one_in(3)) out.push_back(sw(at, random_.source(), 0));
    if (random_.one_in(5)) out.push_back(kEcall);
    if (random_.one_in(4)) out.push_back(random_.arithmetic());
    if (out.back() != kEcall && random_.one_in(8))  // at may have changed: only to a multiple of 4
      out.push_back(addi(at, 8, 4));
    else if ((out.back() & 0x7f) != 0x23 && (out.back() >> 7 & 31) == at)
      out.push_back(addi(at, 8, 0));
    out.push_back(amo(3, random_.target(), random_.source()));  // sc.w
    return whole(std::move(out));
  }

  /// A CSR instruction of any form; the operand is left to the caller where it matters.
  std::uint32_t csr_form(std::uint32_t number) {
    return i_type(0x73, random_.pick({1u, 2u, 3u, 5u, 6u, 7u}), random_.target(), random_.source(),
                  static_cast<std::int32_t>(number));
  }

  Statement csr() {
    if (in_user_mode_) return trap();
    const std::uint32_t at = random_.scratch();
    const std::uint32_t rd = target_but(at);
    switch (random_.below(8)) {
      case 0: {  // an interrupt enable that exists; nothing is pending here
        const std::uint32_t bits = random_.word() & 0x888;
        std::vector<std::uint32_t> out;
        load_immediate(out, at, bits);
        out.push_back(i_type(0x73, 1 + random_.below(3), rd, at, kMie));
        return whole(std::move(out));
      }
      case 1: {  // MIE and MPIE, and what of mstatus is the same everywhere
        const std::uint32_t read = random_.scratch();
        return whole({addi(at, 0, random_.pick({0x8, 0x80, 0x88})),
                      i_type(0x73, 2 + random_.below(2), read, at, kMstatus),
                      i_type(0x13, 7, read, read, 0x88)});
      }
      case 2: {  // reserved modes change nothing
        std::vector<std::uint32_t> out;
        load_immediate(out, at,
                       random_.pick({kVectored, kHandler, kHandler, kHandler | 2, kHandler | 3}));
        out.push_back(csrrw(rd, kMtvec, at));
        return whole(std::move(out));
      }
      case 3:
        return code({csrrs(rd, random_.pick({kMip, kMie, kMtvec}), 0)});
      case 4:  // QEMU keeps bit 0 of mepc, which is always zero
        return whole({i_type(0x13, 7, at, random_.source(), -2),
                      i_type(0x73, 1 + random_.below(3), rd, at, kMepc)});
      default:
        return code({csr_form(random_.pick({kMscratch, kMscratch, kMcause, kMtval}))});
    }
  }

  Statement trap() {
    const std::uint32_t at = random_.scratch();
    const std::uint32_t rd = target_but(at);
    std::vector<std::uint32_t> out;
    switch (random_.below(in_user_mode_ ? 6 : 9)) {
      case 0:
        return code({random_.pick({kEbreak, 0x9002u, 0u, 0xffff'ffffu})});
      case 1:  // aligned: QEMU reports the aligned address of a misaligned load
        load_immediate(out, at, kNowhere + 4 * random_.below(0x400));
        out.push_back(
            i_type(3, random_.pick({0u, 1u, 2u, 4u, 5u}), rd, at, 4 * random_.signed_bits(4)));
        return whole(std::move(out));
      case 2:
        load_immediate(out, at, kNowhere + random_.below(0x1000));
        out.push_back(s_type(random_.below(3), at, random_.source(), random_.signed_bits(6)));
        return whole(std::move(out));
      case 3:  // lr.w, misaligned or to nowhere (QEMU reports other AMOs as loads)
        if (random_.one_in(2))
          out.push_back(addi(at, 8, 1 + static_cast<std::int32_t>(random_.below(3))));
        else
          load_immediate(out, at, kNowhere);
        out.push_back(cairn::test::atomic(2, rd, at, 0));
        return whole(std::move(out));
      case 4:
        return code({0x9002});  // c.ebreak
      case 5:                   // CSRs that neither machine has, and writes to read-only ones
        return code(
            {random_.one_in(2)
                 ? csrrw(rd, random_.pick({0xc00u, 0xf11u, 0xf14u, 0xc82u}), at)
                 : csr_form(random_.pick({0x100u, 0x105u, 0x180u, 0x7ffu, 0x001u, 0x5c0u}))});
      default:
        return code({kEcall});
    }
  }

  Statement raw() { return code({random_.one_in(2) ? random_.raw_word() : random_.raw_parcel()}); }

  /// Loads, stores and AMOs on words between the instructions.
  Statement data_in_code() {
    const std::uint32_t at = random_.scratch();
    const std::uint32_t words = 1 + random_.below(6);
    std::vector<std::uint32_t> out{auipc(at, 0), jal(0, static_cast<std::int32_t>(4 + 4 * words))};
    for (std::uint32_t i = 0; i < words; ++i)
      out.push_back(random_.word() | 3);
    for (std::uint32_t i = 2 + random_.below(4); i != 0; --i) {
      const auto offset = static_cast<std::int32_t>(8 + 4 * random_.below(words));
      out.push_back(random_.one_in(2) ? lw(target_but(at), at, offset)
                                      : sw(at, random_.source(), offset));
    }
    return whole(std::move(out));
  }

  /// Writes an instruction further on, from data, and executes it after fence.i.
  Statement patch() {
    const std::uint32_t at = random_.scratch();
    const std::uint32_t made = random_.scratch({at});
    const std::uint32_t rd = random_.scratch({at, made});
    std::vector<std::uint32_t> out;
    if (random_.one_in(3)) {  // c.addi rd, some bits of another register
      const std::uint32_t base = c_addi(rd, 0);
      out = {i_type(0x13, 7, made, random_.source(), 0x7c)};
      load_immediate(out, at, base);
      append(out, {r_type(0x33, 6, 0, made, made, at), auipc(at, 0), s_type(1, at, made, 12),
                   kFenceI, c_addi(rd, 1), c_addi(0, 0)});
    } else {  // addi rd, rs1, some bits of another register
      out = {i_type(0x13, 1, made, random_.source(), 21), i_type(0x13, 5, made, made, 1)};
      load_immediate(out, at, addi(rd, random_.source(), 0));
      append(out, {r_type(0x33, 6, 0, made, made, at), auipc(at, 0), sw(at, made, 12), kFenceI,
                   addi(rd, rd, 1)});
    }
    return whole(std::move(out));
  }

  /// A software interrupt, pending first and then let through in one of several ways: an interrupt
  /// is precise on QEMU only where a CSR instruction or mret lets it through.
  Statement interrupt() {
    if (in_user_mode_) return trap();
    const std::uint32_t at = random_.scratch();
    const std::uint32_t one = random_.scratch({at});
    std::vector<std::uint32_t> out{0x3004'7073, csrrw(0, kMie, 0)};  // csrci mstatus, 8
    const std::initializer_list<std::uint32_t> raise{lui(at, kMsip), addi(one, 0, 1),
                                                     sw(at, one, 0)};
    const std::uint32_t enable_software = 0x3044'6073;  // csrsi mie, 8
    const std::uint32_t enable_all = 0x3004'6073;       // csrsi mstatus, 8
    switch (random_.below(5)) {
      case 0:
        out.push_back(enable_software);
        append(out, raise);
        out.push_back(enable_all);
        break;
      case 1:
        out.push_back(enable_all);
        append(out, raise);
        append(out, {csrrs(target_but(at), kMip, 0), enable_software});
        break;
      case 2:  // mret to the next instruction, MPIE and MPP set
        append(out, raise);
        out.push_back(enable_software);
        load_immediate(out, one, 0x1880);
        append(out, {csrrs(0, kMstatus, one), auipc(at, 0), addi(at, at, 16), csrrw(0, kMepc, at),
                     kMret});
        break;
      case 3:  // a store that interrupts itself: QEMU is late, by nothing that leaves a trace
        append(out, {enable_software, enable_all, sw(2, 0, -12)});
        append(out, raise);
        append(out, {jal(0, 4), addi(one, 0, 1), sw(2, one, -12), csrrw(0, kMepc, at)});
        break;
      default:  // wfi with an interrupt pending that is not let through
        out.push_back(enable_software);
        append(out, raise);
        append(out, {kWfi, sw(at, 0, 0)});
        break;
    }
    return whole(std::move(out));
  }

  /// A jump to where there is no memory. (An instruction half in RAM ends QEMU itself.)
  Statement nowhere() {
    const std::uint32_t at = random_.scratch();
    const std::uint32_t back = random_.scratch({at});
    std::vector<std::uint32_t> out{auipc(back, 0), addi(back, back, 24), sw(2, back, -4)};
    load_immediate(out, at, kNowhere + random_.below(4096));
    out.push_back(jalr(target_but(at), at, 0));
    return whole(std::move(out));
  }

  /// c.addi16sp there and back.
  Statement stack_pointer() {
    const auto moved = [](std::int32_t bytes) {
      const auto bits = static_cast<std::uint32_t>(bytes);
      return 0x6101 | (bits >> 9 & 1) << 12 | (bits >> 4 & 1) << 6 | (bits >> 6 & 1) << 5 |
             (bits >> 7 & 3) << 3 | (bits >> 5 & 1) << 2;
    };
    const auto bytes = static_cast<std::int32_t>(16 * (1 + random_.below(31)));
    return whole({moved(bytes), add(random_.scratch(), 2, 0), moved(-bytes)});
  }

  std::uint32_t leave_branch() {
    for (;;) {
      const std::uint32_t branch = random_.branch();
      if ((branch & 0x7f) == 0x63 || ((branch & 3) == 1 && branch >> 14 == 3)) return branch;
    }
  }

  /// A hot one where the budget allows it: the translator is to see it.
  Statement loop() {
    const std::uint32_t reg = random_.one_in(2) ? 9 + random_.below(7) : random_.scratch();
    if (random_.is_reserved(reg)) return straight();
    const std::uint32_t length = 1 + random_.below(7);
    const std::uint32_t affordable = kBudget / (repeats_ * length * 6);
    if (affordable < 4) return straight();
    const std::uint32_t count = affordable > 310 && random_.one_in(2)
                                    ? 210 + random_.below(100)
                                    : 1 + random_.below(std::min(affordable, 8u));
    const std::uint32_t before = std::exchange(repeats_, repeats_ * count);
    random_.reserve(reg);
    Statement s{.kind = Kind::kLoop,
                .reg = reg,
                .count = count,
                .compressed = random_.one_in(2),
                .body = statements(length)};
    random_.release(reg);
    repeats_ = before;
    return s;
  }

  Statement skip() {
    return {.kind = Kind::kSkip, .code = {random_.branch()}, .body = statements(random_.below(4))};
  }

  Statement call() {
    const std::uint32_t reg = random_.one_in(2) ? 1 : random_.scratch();
    if (random_.is_reserved(reg)) return straight();
    random_.reserve(reg);
    const std::uint32_t count = 1 + random_.below(3);
    const std::uint32_t before = std::exchange(repeats_, repeats_ * count);
    Statement s{.kind = Kind::kCall,
                .reg = reg,
                .count = count,
                .compressed = random_.one_in(2),
                .body = statements(1 + random_.below(5))};
    repeats_ = before;
    random_.release(reg);
    return s;
  }

  Statement select() {
    const std::uint32_t scratch = random_.scratch({30, 31});
    if (random_.is_reserved(30) || random_.is_reserved(31)) return straight();
    return {
        .kind = Kind::kSwitch, .reg = random_.source(), .scratch = scratch, .body = statements(4)};
  }

  Statement user() {
    if (!options_.user_mode || in_user_mode_) return straight();
    const std::uint32_t scratch = random_.scratch();
    in_user_mode_ = true;
    Statement s{.kind = Kind::kUser, .scratch = scratch, .body = statements(1 + random_.below(8))};
    in_user_mode_ = false;
    return s;
  }

  RandomInstruction random_;
  RandomOptions options_;
  unsigned depth_ = 0;
  std::uint32_t repeats_ = 1;  // of the statement at hand, by the loops and calls around it
  bool in_user_mode_ = false;
};

}  // namespace

Program random_program(std::uint32_t seed, const RandomOptions& options) {
  return Generator(seed, options).run();
}

std::uint32_t random_operand(std::uint32_t seed, std::uint32_t index) {
  RandomInstruction random(seed ^ index * 0x9e37'79b9u);
  if (random.one_in(3))  // an edge of the range
    return random.pick({0u, 1u, 2u, 31u, 32u, 0x7fff'ffffu, 0x8000'0000u, 0x8000'0001u,
                        0xffff'ffffu, 0xffff'fffeu});
  return random.word();
}

}  // namespace cairn::test
