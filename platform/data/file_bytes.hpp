// Whole files in and out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace cairn::platform {

/// The content, unpacked if the file is gzipped. Throws InputError if it cannot be read, is
/// damaged, or holds more than `limit` bytes once unpacked.
std::vector<std::uint8_t> read_file(const std::filesystem::path& path,
                                    std::uint64_t limit = std::uint64_t{1} << 30);

/// Writes a file beside `path` and renames it, so that no reader ever sees half of it. Throws
/// InputError.
void write_file(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);
void write_file(const std::filesystem::path& path, std::string_view text);

}  // namespace cairn::platform
