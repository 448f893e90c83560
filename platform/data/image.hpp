// Pictures: PNG, BMP and PPM/PGM, as pixels [height][width][1 or 3].
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "platform/data/array.hpp"

namespace cairn::platform {

/// Any PNG; transparency is dropped, colours stay as stored. Throws InputError naming `path`.
Array parse_png(const std::string& path, std::span<const std::uint8_t> bytes);

/// Uncompressed BMP with 8 (palette), 24 or 32 bits a pixel. Throws InputError naming `path`.
Array parse_bmp(const std::string& path, std::span<const std::uint8_t> bytes);

/// PPM and PGM, text or binary (P2, P3, P5, P6), maximum up to 255. Throws InputError naming
/// `path`.
Array parse_ppm(const std::string& path, std::span<const std::uint8_t> bytes);

}  // namespace cairn::platform
