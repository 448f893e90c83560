#include "models/cpu/hart_step.hpp"

#include <algorithm>

namespace cairn::hart {
namespace {

constexpr std::size_t offset(Op op, Op first) {
  return static_cast<std::size_t>(op) - static_cast<std::size_t>(first);
}

}  // namespace

const void* StepHandlers::of(const Instruction& in) const {
  if (is_call_or_return(in)) return in.op == Op::kJal ? call : call_register;
  return op[offset(in.op, Op::kLui)];
}

const void* StepHandlers::of_pair(Op first, Op second) const {
  const auto found = std::ranges::find(kPairOps, std::array{first, second});
  if (found == kPairOps.end()) return nullptr;
  return pair[static_cast<std::size_t>(found - kPairOps.begin())];
}

const void* StepHandlers::of_side(Op branch) const {
  return side[offset(branch, Op::kBeq)];
}

const void* StepHandlers::of_skip(Op branch) const {
  return skip[offset(branch, Op::kBeq)];
}

}  // namespace cairn::hart
