// Which addresses a configured machine answers.
#include "platform/map/address_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "memory_map.hpp"
#include "models/kit/input_error.hpp"

namespace cairn::platform {

namespace {

/// Bases are reserved for these, but the SoC has no such block.
constexpr std::array<std::string_view, 3> kReserved = {"power", "mic", "watchdog"};

/// "npu3.features" -> 3, -1 for anything that is not part of an NPU.
int npu_of(std::string_view name) {
  return name.starts_with("npu") && name.size() > 3 ? name[3] - '0' : -1;
}

std::uint32_t configured_bytes(const memory_map::Region& region, const MachineConfig& config) {
  if (region.name == "dram") return config.dram.bytes;
  if (region.name == "flash") return config.flash.bytes;
  if (const int npu = npu_of(region.name); npu >= 0) {
    const npu::Geometry& geometry = config.npus[static_cast<std::size_t>(npu)].geometry;
    if (region.name.ends_with(".features"))
      return static_cast<std::uint32_t>((geometry.feature_bits + 7) / 8);
    if (region.name.ends_with(".weights")) return geometry.weight_bytes;
    if (region.name.ends_with(".buffer")) return geometry.buffer_bytes;
  }
  return region.size;
}

}  // namespace

std::vector<AddressRange> address_map(const MachineConfig& config) {
  std::vector<AddressRange> map;
  for (const memory_map::Region& r : memory_map::kRegions)
    if (npu_of(r.name) < static_cast<int>(config.npus.size()) &&
        std::ranges::find(kReserved, r.block) == kReserved.end())
      map.push_back({std::string(r.name), r.base, configured_bytes(r, config), r.irq,
                     r.block == "memory", std::string(r.desc)});
  std::ranges::sort(map, {}, &AddressRange::base);
  for (std::size_t i = 1; i < map.size(); ++i)
    if (map[i - 1].end() > map[i].base)
      throw InputError(fmt::format("{} overlaps {} in the memory map:\n{}", map[i - 1].name,
                                   map[i].name, address_map_text(map)));
  return map;
}

std::string address_map_text(const std::vector<AddressRange>& map) {
  std::string out = fmt::format("{:<10}  {:<10}  {:>11}  {:<14}  {:>3}\n", "base", "last", "bytes",
                                "name", "irq");
  for (const AddressRange& r : map)
    out += fmt::format("{:#010x}  {:#010x}  {:>11}  {:<14}  {:>3}  {}\n", r.base, r.end() - 1,
                       r.bytes, r.name, r.irq == 0 ? std::string() : std::to_string(r.irq), r.doc);
  return out;
}

const AddressRange* memory_with(const std::vector<AddressRange>& map, std::uint64_t address,
                                std::uint64_t bytes) {
  const auto found = std::ranges::find_if(map, [&](const AddressRange& r) {
    return r.is_memory && address >= r.base && address + bytes <= r.end();
  });
  return found == map.end() ? nullptr : &*found;
}

}  // namespace cairn::platform
