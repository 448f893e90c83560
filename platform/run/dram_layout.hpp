// Where the loader puts job, inputs and outputs in the main memory.
#pragma once

#include <cstdint>
#include <vector>

#include "bootinfo_format.hpp"
#include "platform/loader/elf_file.hpp"
#include "platform/machine.hpp"
#include "platform/map/address_map.hpp"
#include "platform/run/workload.hpp"

namespace cairn::platform {

/// The boot information and its place: the start of the last 4 KiB of DRAM.
struct DramLayout {
  bootinfo::Bootinfo info{};
  std::uint32_t info_address = 0;
};

/// Boot information with nothing in it but magic and version, for `boot`.
DramLayout empty_layout(const std::vector<AddressRange>& map);

/// From the top of DRAM downwards: boot information, outputs, inputs, scratch, job.
/// Throws InputError if they reach into the firmware's segments.
DramLayout plan_dram(const Workload& work, const ElfFile& firmware,
                     const std::vector<AddressRange>& map);

/// Writes job, packed inputs and boot information. Throws InputError if the machine does not take
/// them.
void load_workload(const Workload& work, const DramLayout& layout, Machine& machine);
void load_bootinfo(const DramLayout& layout, Machine& machine);

/// What the firmware wrote into the boot information.
bootinfo::Bootinfo read_bootinfo(const DramLayout& layout, const Machine& machine);

/// The first `count` outputs, [count][outputs], as integers.
std::vector<std::int32_t> read_outputs(const Workload& work, const DramLayout& layout,
                                       std::uint32_t count, const Machine& machine);

}  // namespace cairn::platform
