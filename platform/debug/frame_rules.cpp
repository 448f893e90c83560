#include "platform/debug/frame_rules.hpp"

#include <dwarf.h>

#include <span>
#include <vector>

namespace cairn::platform {

namespace {

constexpr unsigned kSp = 2;

class Evaluator {
 public:
  Evaluator(const Registers& registers, const WordReader& word_at, std::uint32_t cfa)
      : registers_(registers), word_at_(word_at), cfa_(cfa) {}

  /// The value that a location expression stands for; empty if it cannot be known.
  std::optional<std::uint32_t> value(std::span<const Dwarf_Op> ops) {
    bool is_value = false;
    for (const Dwarf_Op& op : ops) {
      if (op.atom == DW_OP_stack_value) {
        is_value = true;
      } else if (op.atom == DW_OP_regx || (op.atom >= DW_OP_reg0 && op.atom <= DW_OP_reg31)) {
        const Dwarf_Word n = op.atom == DW_OP_regx ? op.number : op.atom - DW_OP_reg0;
        if (n >= registers_.x.size()) return std::nullopt;
        stack_.push_back(registers_.x[n]);
        is_value = true;
      } else if (!step(op)) {
        return std::nullopt;
      }
    }
    if (stack_.empty()) return std::nullopt;
    return is_value ? stack_.back() : word_at_(stack_.back());
  }

  /// The address that an expression computes, as for the canonical frame address.
  std::optional<std::uint32_t> address(std::span<const Dwarf_Op> ops) {
    for (const Dwarf_Op& op : ops)
      if (!step(op)) return std::nullopt;
    if (stack_.empty()) return std::nullopt;
    return stack_.back();
  }

 private:
  bool step(const Dwarf_Op& op) {
    const auto number = static_cast<std::uint32_t>(op.number);
    if (op.atom == DW_OP_call_frame_cfa) return push(cfa_);
    if (op.atom >= DW_OP_breg0 && op.atom <= DW_OP_breg31)
      return push(registers_.x[op.atom - DW_OP_breg0] + number);
    switch (op.atom) {
      case DW_OP_bregx:
        return op.number < registers_.x.size() &&
               push(registers_.x[op.number] + static_cast<std::uint32_t>(op.number2));
      case DW_OP_constu:
      case DW_OP_consts:
      case DW_OP_const1u:
      case DW_OP_const1s:
      case DW_OP_const2u:
      case DW_OP_const2s:
      case DW_OP_const4u:
      case DW_OP_const4s:
        return push(number);
      case DW_OP_plus_uconst:
        return replace_top([&](std::uint32_t top) { return top + number; });
      case DW_OP_plus:
        return combine([](std::uint32_t a, std::uint32_t b) { return a + b; });
      case DW_OP_minus:
        return combine([](std::uint32_t a, std::uint32_t b) { return a - b; });
      case DW_OP_deref: {
        if (stack_.empty()) return false;
        const auto word = word_at_(stack_.back());
        return word && replace_top([&](std::uint32_t) { return *word; });
      }
      default:
        return false;
    }
  }

  bool push(std::uint32_t value) {
    stack_.push_back(value);
    return true;
  }
  template <typename F>
  bool replace_top(F f) {
    if (stack_.empty()) return false;
    stack_.back() = f(stack_.back());
    return true;
  }
  template <typename F>
  bool combine(F f) {
    if (stack_.size() < 2) return false;
    const std::uint32_t top = stack_.back();
    stack_.pop_back();
    return replace_top([&](std::uint32_t below) { return f(below, top); });
  }

  const Registers& registers_;
  const WordReader& word_at_;
  std::uint32_t cfa_;
  std::vector<std::uint32_t> stack_;
};

}  // namespace

std::optional<Registers> apply_frame_rules(Dwarf_Frame& frame, const Registers& callee,
                                           const WordReader& word_at) {
  bool is_handler = false;  // of a trap: nobody called it
  const int return_column = dwarf_frame_info(&frame, nullptr, nullptr, &is_handler);
  if (is_handler) return Registers{};
  Dwarf_Op* ops = nullptr;
  std::size_t count = 0;
  if (dwarf_frame_cfa(&frame, &ops, &count) != 0) return std::nullopt;
  const auto cfa = Evaluator(callee, word_at, 0).address({ops, count});
  if (!cfa) return std::nullopt;
  if (return_column <= 0 || return_column >= 32) return std::nullopt;
  const auto link = static_cast<unsigned>(return_column);
  Registers caller = callee;
  caller.x[kSp] = *cfa;
  for (unsigned n = 1; n < caller.x.size(); ++n) {
    Dwarf_Op space[3];
    if (n == kSp) continue;
    if (dwarf_frame_register(&frame, static_cast<int>(n), space, &ops, &count) != 0)
      return std::nullopt;
    const bool is_undefined = count == 0 && ops == space;
    if (is_undefined && n == link) return Registers{};  // nobody called this function
    if (count == 0) continue;                           // the same value, or none that can be known
    const auto value = Evaluator(callee, word_at, *cfa).value({ops, count});
    if (!value) return std::nullopt;
    caller.x[n] = *value;
  }
  caller.pc = caller.x[link];
  return caller;
}

}  // namespace cairn::platform
