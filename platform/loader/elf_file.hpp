// A 32-bit little-endian RISC-V executable: its segments and its symbols.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/loader/symbol_table.hpp"

namespace cairn::platform {

/// Bytes to place; memory from bytes.size() to `memory_bytes` is zero.
struct Segment {
  std::uint32_t address = 0;  ///< physical
  std::uint32_t memory_bytes = 0;
  std::vector<std::uint8_t> bytes;

  std::uint64_t end() const { return std::uint64_t{address} + memory_bytes; }
};

/// A named address: a variable or a label of data.
struct Label {
  std::string name;
  std::uint32_t address = 0;
  std::uint32_t bytes = 0;  ///< 0: unknown
};

struct ElfFile {
  std::string path;
  std::uint32_t entry = 0;
  std::vector<Segment> segments;  ///< PT_LOAD with a size, in the file's order
  SymbolTable symbols;
  std::vector<Label> labels;  ///< global and local, without the functions
  std::uint32_t crc32 =
      0;  ///< of the whole file, as in gzip: tells whether two runs had the same one

  /// Null if there is none of this name.
  const Label* find_label(std::string_view name) const;
};

/// Throws InputError if this is not such an executable or anything in it points outside the file.
ElfFile read_elf(const std::filesystem::path& path);
ElfFile parse_elf(const std::string& path, std::span<const std::uint8_t> bytes);

}  // namespace cairn::platform
