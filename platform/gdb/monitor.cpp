#include "platform/gdb/monitor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "clint_regs.hpp"
#include "memory_map.hpp"
#include "models/cpu/hart_csr.hpp"
#include "models/kit/input_error.hpp"
#include "platform/registers/register_descriptions.hpp"
#include "platform/run/report.hpp"
#include "plic_regs.hpp"

namespace cairn::platform::gdb {
namespace {

constexpr std::string_view kHelp =
    "help                      this list\n"
    "reset                     cpu0 starts again at the entry of the program; memory and devices "
    "stay as they are\n"
    "map                       the memory map\n"
    "registers DEVICE [NAME]   values and fields of a device's registers, or of those that begin "
    "with NAME\n"
    "time                      simulated time, instructions and cycles\n"
    "irq                       interrupts: cpu0, CLINT and PLIC\n";

/// Takes the first word off `text`.
std::string_view next_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\n"), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(" \t\n"));
  text.remove_prefix(word.size());
  return word;
}

std::string_view block_of(std::string_view device) {
  const auto region = std::ranges::find(memory_map::kRegions, device, &memory_map::Region::name);
  return region == std::end(memory_map::kRegions) ? std::string_view() : region->block;
}

std::string field_text(const FieldDescription& field, std::uint32_t word) {
  const std::uint32_t value = field.of(word);
  const auto name = field.values.find(value);
  return name == field.values.end() ? fmt::format("{}={:#x}", field.name, value)
                                    : fmt::format("{}={}", field.name, name->second);
}

std::string register_line(const RegisterDescription& reg, std::string_view name,
                          std::uint32_t offset, std::uint32_t word) {
  std::string out = fmt::format("  {:#07x}  {:<22}  {:#010x}", offset, name, word);
  const bool is_plain = reg.fields.empty() || (reg.fields.size() == 1 && reg.fields[0].low == 0 &&
                                               reg.fields[0].high == 31);
  for (const FieldDescription& field : reg.fields)
    if (!is_plain) out += "  " + field_text(field, word);
  return out + "\n";
}

/// The names of the interrupts in a value of mie or mip.
std::string interrupt_names(std::uint32_t bits) {
  std::string out;
  if (bits & hart::kSoftwareInterrupt) out += " software";
  if (bits & hart::kTimerInterrupt) out += " timer";
  if (bits & hart::kExternalInterrupt) out += " external";
  return out.empty() ? " none" : out;
}

}  // namespace

std::string Monitor::run(std::string_view command) {
  std::string_view rest = command;
  const std::string_view name = next_word(rest);
  const std::string_view first = next_word(rest), second = next_word(rest);
  try {
    if (name == "help" || name.empty()) return std::string(kHelp);
    if (name == "reset") return reset();
    if (name == "map") return address_map_text(map_);
    if (name == "registers") return registers(first, second);
    if (name == "time") return time();
    if (name == "irq") return irq();
  } catch (const InputError& e) {
    return std::string(e.what()) + "\n";
  }
  return fmt::format("There is no monitor command '{}'; see: monitor help.\n", name);
}

std::string Monitor::reset() {
  target_.restart();
  return fmt::format(
      "cpu0 is at {:#010x} again; memory and devices are as they were.\n"
      "GDB may show old registers until: maintenance flush register-cache\n",
      target_.pc());
}

std::uint32_t Monitor::peek(std::uint32_t addr, unsigned bytes) const {
  std::array<std::uint8_t, 4> data{};
  target_.read_memory(addr, std::span(data).first(bytes));
  std::uint32_t value = 0;
  std::memcpy(&value, data.data(), sizeof value);
  return value;
}

std::string Monitor::device_names() const {
  std::string out;
  for (const AddressRange& range : map_)
    if (!range.is_memory) out += (out.empty() ? "" : ", ") + range.name;
  return out;
}

std::string Monitor::registers(std::string_view device, std::string_view prefix) const {
  const auto range = std::ranges::find(map_, device, &AddressRange::name);
  const auto blocks = read_register_descriptions();
  const auto block = blocks.find(std::string(block_of(device)));
  if (range == map_.end() || block == blocks.end())
    return fmt::format("{} registers; devices with registers: {}.\n",
                       device.empty() ? "Name the device whose"
                                      : fmt::format("There is no device '{}' with", device),
                       device_names());
  std::string out;
  for (const RegisterDescription& reg : block->second.registers) {
    if (!reg.name.starts_with(prefix)) continue;
    for (std::uint32_t i = 0; i < std::max(reg.count, 1u); ++i) {
      const std::uint32_t offset = reg.offset + i * reg.stride;
      const std::uint32_t word = peek(range->base + offset, block->second.register_bytes);
      // Of a long array, what is zero would hide the rest.
      if (reg.count > 8 && word == 0 && prefix.empty()) continue;
      out += register_line(reg, reg.count == 0 ? reg.name : fmt::format("{}[{}]", reg.name, i),
                           offset, word);
    }
  }
  if (out.empty()) return fmt::format("{} has no register '{}'.\n", device, prefix);
  return fmt::format("{} at {:#010x}: {}\n", device, range->base, block->second.doc) + out;
}

std::string Monitor::time() const {
  return fmt::format("simulated time  {} ps ({})\ninstructions    {}\ncycles          {}\n",
                     target_.time_ps(), time_text(target_.time_ps()), target_.instructions(),
                     target_.cycles());
}

std::string Monitor::irq() const {
  const auto csr = [&](std::uint32_t number) {
    return target_.read_register(kFirstCsr + number).value_or(0);
  };
  const auto clint = [&](std::uint32_t low, std::uint32_t high) {
    return std::uint64_t{peek(memory_map::clint.base + high)} << 32 |
           peek(memory_map::clint.base + low);
  };
  constexpr std::uint32_t kMieBit = 8;
  const std::uint64_t now = clint(clint_regs::mtime_lo::offset, clint_regs::mtime_hi::offset);
  const std::uint64_t deadline =
      clint(clint_regs::mtimecmp_lo::offset, clint_regs::mtimecmp_hi::offset);
  return fmt::format(
             "cpu0   interrupts {}, enabled (mie):{}, pending (mip):{}{}\n"
             "clint  msip {}, mtime {}, mtimecmp {}{}\n",
             (csr(hart::csr::kMstatus) & kMieBit) != 0 ? "on" : "off (mstatus.MIE)",
             interrupt_names(csr(hart::csr::kMie)), interrupt_names(csr(hart::csr::kMip)),
             target_.waits_for_interrupt() ? ", waits for an interrupt" : "",
             peek(memory_map::clint.base + clint_regs::msip::offset), now, deadline,
             deadline <= now ? " (reached)" : fmt::format(" ({} ticks from now)", deadline - now)) +
         interrupt_sources();
}

std::string Monitor::interrupt_sources() const {
  const auto plic = [&](std::uint32_t offset) { return peek(memory_map::plic.base + offset); };
  std::string out = fmt::format("plic   threshold {}\n", plic(plic_regs::threshold::offset));
  for (std::uint32_t source = 1; source < plic_regs::priority::count; ++source) {
    const auto device = std::ranges::find(map_, source, &AddressRange::irq);
    const auto is_set = [&](std::uint32_t first_word) {
      return (plic(first_word + source / 32 * 4) >> (source % 32) & 1) != 0;
    };
    const bool enabled = is_set(plic_regs::enable::offset(0));
    const bool pending = is_set(plic_regs::pending::offset(0));
    if (device == map_.end() && !enabled && !pending) continue;
    out += fmt::format("       source {:>2}  {:<8}  priority {}, {}{}\n", source,
                       device == map_.end() ? "(none)" : device->name,
                       plic(plic_regs::priority::offset(source)), enabled ? "enabled" : "disabled",
                       pending ? ", pending" : "");
  }
  return out;
}

}  // namespace cairn::platform::gdb
