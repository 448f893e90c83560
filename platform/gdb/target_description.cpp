#include "platform/gdb/target_description.hpp"

#include <fmt/format.h>

#include <string_view>

namespace cairn::platform::gdb {
namespace {

constexpr std::string_view kIntegerNames[] = {
    "zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "fp", "s1", "a0",
    "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
    "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6", "pc"};

std::string_view type_of(std::string_view name) {
  if (name == "ra" || name == "pc") return "code_ptr";
  if (name == "sp" || name == "gp" || name == "tp" || name == "fp") return "data_ptr";
  return "int";
}

std::string reg(std::string_view name, unsigned number, std::string_view rest) {
  return fmt::format("    <reg name=\"{}\" bitsize=\"32\" regnum=\"{}\" {}/>\n", name, number,
                     rest);
}

std::string integer_registers() {
  std::string out = "  <feature name=\"org.gnu.gdb.riscv.cpu\">\n";
  for (unsigned n = 0; n <= kPc; ++n)
    out += reg(kIntegerNames[n], n, fmt::format("type=\"{}\"", type_of(kIntegerNames[n])));
  return out + "  </feature>\n";
}

/// Of fcsr and its parts: GDB wants them beside the registers of the floating-point unit.
bool is_float_csr(unsigned number) {
  return number >= kFirstCsr + 1 && number <= kFirstCsr + 3;
}

std::string float_registers(const Target& target) {
  if (!target.read_register(kFirstFloat)) return {};
  std::string out = "  <feature name=\"org.gnu.gdb.riscv.fpu\">\n";
  for (unsigned n = 0; n < 32; ++n)
    out += reg(fmt::format("f{}", n), kFirstFloat + n, "type=\"ieee_single\" group=\"float\"");
  for (const RegisterName& csr : target.csrs())
    if (is_float_csr(csr.number)) out += reg(csr.name, csr.number, "type=\"int\" group=\"float\"");
  return out + "  </feature>\n";
}

std::string control_registers(const Target& target) {
  std::string out = "  <feature name=\"org.gnu.gdb.riscv.csr\">\n";
  for (const RegisterName& csr : target.csrs())
    if (!is_float_csr(csr.number))
      out += reg(csr.name, csr.number, "type=\"int\" group=\"csr\" save-restore=\"no\"");
  return out + "  </feature>\n";
}

}  // namespace

std::string target_description(const Target& target) {
  const std::string virtual_registers = "  <feature name=\"org.gnu.gdb.riscv.virtual\">\n" +
                                        reg("priv", kPrivilege, "type=\"int\"") + "  </feature>\n";
  return "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n<target>\n"
         "  <architecture>riscv:rv32</architecture>\n" +
         integer_registers() + float_registers(target) + control_registers(target) +
         virtual_registers + "</target>\n";
}

}  // namespace cairn::platform::gdb
