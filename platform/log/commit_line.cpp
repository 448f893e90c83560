#include "platform/log/commit_line.hpp"

#include <fmt/format.h>

#include <iterator>

#include "models/cpu/hart_csr_names.hpp"

namespace cairn::platform {

namespace {

using hart::Op;

/// Writes of 0 bits by csrrs and csrrc (rs1 = x0) are no writes (unprivileged ISA, 9.1).
bool writes_csr(const hart::Instruction& in) {
  if (in.op < Op::kCsrrw || in.op > Op::kCsrrci) return false;
  return in.op == Op::kCsrrw || in.op == Op::kCsrrwi || in.rs1 != 0;
}

bool writes_float(Op op) {
  return hart::is_float(op) && !hart::writes_integer(op) && op != Op::kFsw;
}

void append_csr(std::string& out, std::uint32_t number, const hart::Hart& hart) {
  std::string name = hart::csr_name(number);
  if (name.empty()) name = fmt::format("unknown_{:03x}", number);
  fmt::format_to(std::back_inserter(out), " c{}_{} {:#010x}", number, name, hart.csr(number));
}

}  // namespace

void append_commit_line(std::string& out, const hart::Executed& step, const hart::Hart& hart) {
  if (step.what != hart::Executed::What::kRetired) return;
  const auto to = std::back_inserter(out);
  const hart::Instruction& in = step.in;
  fmt::format_to(to, "core{:>4}: {} {:#010x} ({:#0{}x})", hart.csr(hart::csr::kMhartid),
                 step.privilege, step.pc, in.bits, 2 + 2 * in.size);
  if (writes_float(in.op))
    fmt::format_to(to, " f{:<2} {:#010x}", in.rd, hart.f(in.rd));
  else if (in.rd != hart::kDiscard && in.op != Op::kFsw)
    fmt::format_to(to, " x{:<2} {:#010x}", in.rd, hart.x(in.rd));
  if (writes_csr(in)) append_csr(out, static_cast<std::uint32_t>(in.imm), hart);
  if (in.op == Op::kMret) append_csr(out, hart::csr::kMstatus, hart);
  if (step.loads) fmt::format_to(to, " mem {:#010x}", step.address);
  if (step.stores)
    fmt::format_to(to, " mem {:#010x} {:#0{}x}", step.address, step.stored, 2 + 2 * step.bytes);
  out += '\n';
}

}  // namespace cairn::platform
