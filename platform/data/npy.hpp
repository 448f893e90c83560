// NumPy's .npy files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "platform/data/array.hpp"

namespace cairn::platform {

/// Versions 1 to 3, C or Fortran order, 8- to 64-bit integers and 32- or 64-bit floats in either
/// byte order. `path` is for messages. Throws InputError.
Array parse_npy(const std::string& path, std::span<const std::uint8_t> bytes);

/// Writes int32 numbers [rows][columns], version 1. Throws InputError.
void write_npy(const std::filesystem::path& path, std::uint64_t rows, std::uint64_t columns,
               std::span<const std::int32_t> values);

}  // namespace cairn::platform
