// Data files by their names.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "platform/data/array.hpp"

namespace cairn::platform {

/// .npy, .png, .bmp, .ppm, .pgm, or IDX (any other name; .gz is unpacked). Throws InputError.
Array read_data(const std::filesystem::path& path);

/// One class number per input, from IDX, .npy, or a text of numbers (.txt, .csv). Throws
/// InputError.
std::vector<std::int64_t> read_labels(const std::filesystem::path& path);

}  // namespace cairn::platform
