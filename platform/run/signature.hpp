// The signature of RISC-V architectural tests: a range of memory as hexadecimal text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "platform/loader/elf_file.hpp"
#include "platform/machine.hpp"
#include "platform/map/address_map.hpp"

namespace cairn::platform {

class Signature {
 public:
  /// From the symbol begin_signature to end_signature. Throws InputError if one of them is missing,
  /// they are in the wrong order or not in memory.
  Signature(const ElfFile& program, const std::vector<AddressRange>& map);

  /// Lines of `granularity` bytes as one little-endian number each, the last one filled up with
  /// zeroes. Throws InputError if the file cannot be written.
  void write(const std::filesystem::path& file, std::uint32_t granularity,
             const Machine& machine) const;

 private:
  std::uint32_t begin_ = 0;
  std::uint32_t end_ = 0;
};

}  // namespace cairn::platform
