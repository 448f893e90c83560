// Places an executable in the machine's memories.
#pragma once

#include <vector>

#include "platform/loader/elf_file.hpp"
#include "platform/machine.hpp"
#include "platform/map/address_map.hpp"

namespace cairn::platform {

/// Checks that every segment lies in one memory and that no two overlap.
/// Throws InputError, the memory map included.
void check_fit(const ElfFile& elf, const std::vector<AddressRange>& map);

/// Writes all segments, zeroes included. Call check_fit first; a segment that the machine does not
/// take all the same is an InputError.
void load_elf(const ElfFile& elf, Machine& machine);

}  // namespace cairn::platform
