#include "models/cpu/hart_csr_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace cairn::hart {
namespace {

struct Name {
  std::uint32_t number;
  std::string_view name;
};

/// `count` consecutive CSRs, named with the instance number in place of {}.
struct Family {
  std::uint32_t first;
  std::uint32_t count;
  std::uint32_t first_instance;
  std::string_view prefix, suffix;
};

// Privileged ISA, tables 2.2 to 2.6, as far as machine and user mode use them.
constexpr Name kNames[] = {
    {0x001, "fflags"},   {0x002, "frm"},           {0x003, "fcsr"},      {0x300, "mstatus"},
    {0x301, "misa"},     {0x302, "medeleg"},       {0x303, "mideleg"},   {0x304, "mie"},
    {0x305, "mtvec"},    {0x306, "mcounteren"},    {0x30a, "menvcfg"},   {0x310, "mstatush"},
    {0x31a, "menvcfgh"}, {0x320, "mcountinhibit"}, {0x340, "mscratch"},  {0x341, "mepc"},
    {0x342, "mcause"},   {0x343, "mtval"},         {0x344, "mip"},       {0xb00, "mcycle"},
    {0xb02, "minstret"}, {0xb80, "mcycleh"},       {0xb82, "minstreth"}, {0xc00, "cycle"},
    {0xc01, "time"},     {0xc02, "instret"},       {0xc80, "cycleh"},    {0xc81, "timeh"},
    {0xc82, "instreth"}, {0xf11, "mvendorid"},     {0xf12, "marchid"},   {0xf13, "mimpid"},
    {0xf14, "mhartid"},  {0xf15, "mconfigptr"},
};

constexpr Family kFamilies[] = {
    {0x323, 29, 3, "mhpmevent", ""},    {0x3a0, 16, 0, "pmpcfg", ""},
    {0x3b0, 64, 0, "pmpaddr", ""},      {0xb03, 29, 3, "mhpmcounter", ""},
    {0xb83, 29, 3, "mhpmcounter", "h"}, {0xc03, 29, 3, "hpmcounter", ""},
    {0xc83, 29, 3, "hpmcounter", "h"},
};

}  // namespace

std::string csr_name(std::uint32_t number) {
  const auto named = std::ranges::find(kNames, number, &Name::number);
  if (named != std::end(kNames)) return std::string(named->name);
  for (const Family& f : kFamilies)
    if (number >= f.first && number < f.first + f.count)
      return fmt::format("{}{}{}", f.prefix, number - f.first + f.first_instance, f.suffix);
  return {};
}

}  // namespace cairn::hart
