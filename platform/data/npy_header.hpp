// The header of a .npy file: a Python dictionary literal.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "platform/data/element.hpp"

namespace cairn::platform {

struct NpyHeader {
  Element element = Element::kU8;
  std::endian order = std::endian::little;
  bool is_fortran = false;
  std::vector<std::uint64_t> shape;
  std::size_t data_offset = 0;  ///< from the file's start
};

/// Throws InputError naming `path`.
NpyHeader parse_npy_header(const std::string& path, std::span<const std::uint8_t> bytes);

}  // namespace cairn::platform
