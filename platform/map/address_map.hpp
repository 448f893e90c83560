// Which addresses a configured machine answers, with the sizes that the configuration gives the
// memories.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "platform/machine_config.hpp"

namespace cairn::platform {

struct AddressRange {
  std::string name;  ///< "dram", "npu0.features"
  std::uint32_t base = 0;
  std::uint32_t bytes = 0;
  std::uint32_t irq = 0;   ///< 0: none
  bool is_memory = false;  ///< programs and data can be loaded into it
  std::string doc;

  std::uint64_t end() const { return std::uint64_t{base} + bytes; }
};

/// By rising address; only the NPUs that the configuration has.
/// Throws InputError with the map in it if two ranges overlap.
std::vector<AddressRange> address_map(const MachineConfig& config);

/// A table: base, last address, size, name, interrupt, meaning.
std::string address_map_text(const std::vector<AddressRange>& map);

/// The memory that holds all of [address, address + bytes), or null.
const AddressRange* memory_with(const std::vector<AddressRange>& map, std::uint64_t address,
                                std::uint64_t bytes);

}  // namespace cairn::platform
