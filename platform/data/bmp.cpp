// Windows bitmaps, uncompressed.
#include <fmt/format.h>

#include <array>

#include "models/kit/input_error.hpp"
#include "platform/data/image.hpp"

namespace cairn::platform {

namespace {

struct BmpHeader {
  std::uint32_t data_offset = 0, palette_offset = 0, palette_entries = 0;
  std::uint32_t width = 0, height = 0, bits = 0;
  bool is_top_down = false;

  std::uint64_t row_bytes() const { return (std::uint64_t{width} * bits + 31) / 32 * 4; }
};

std::uint32_t word(std::span<const std::uint8_t> bytes, std::size_t at) {
  return bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 |
         static_cast<std::uint32_t>(bytes[at + 3]) << 24;
}

BmpHeader parse_header(const std::string& path, std::span<const std::uint8_t> bytes) {
  if (bytes.size() < 54 || bytes[0] != 'B' || bytes[1] != 'M')
    throw InputError(fmt::format("{}: is not a readable BMP.", path));
  const std::uint32_t info_bytes = word(bytes, 14), compression = word(bytes, 30);
  const auto height = static_cast<std::int32_t>(word(bytes, 22));
  BmpHeader h{.data_offset = word(bytes, 10),
              .palette_offset = 14 + info_bytes,
              .palette_entries = word(bytes, 46),
              .width = word(bytes, 18),
              .height = height < 0 ? 0u - static_cast<std::uint32_t>(height)
                                   : static_cast<std::uint32_t>(height),
              .bits = static_cast<std::uint32_t>(bytes[28] | bytes[29] << 8),
              .is_top_down = height < 0};
  if (h.palette_entries == 0) h.palette_entries = 256;
  const bool is_plain = compression == 0 || (compression == 3 && h.bits == 32);
  if (info_bytes < 40 || !is_plain || (h.bits != 8 && h.bits != 24 && h.bits != 32))
    throw InputError(fmt::format(
        "{}: this kind of BMP is not supported (uncompressed with 8, 24 or 32 bits a pixel is).",
        path));
  const std::uint64_t pixels = checked_elements(path, {h.height, h.width, 3}) / 3;
  if (pixels == 0) throw InputError(fmt::format("{}: the picture is empty.", path));
  if (h.data_offset > bytes.size() || h.row_bytes() * h.height > bytes.size() - h.data_offset)
    throw InputError(fmt::format("{}: {} x {} pixels of {} bits do not fit in a file of {} bytes.",
                                 path, h.width, h.height, h.bits, bytes.size()));
  if (h.bits == 8 && (h.palette_offset > bytes.size() || h.palette_entries > 256 ||
                      std::uint64_t{h.palette_entries} * 4 > bytes.size() - h.palette_offset))
    throw InputError(fmt::format("{}: the BMP palette is damaged.", path));
  return h;
}

/// Red, green, blue.
std::array<std::uint8_t, 3> pixel(std::span<const std::uint8_t> bytes, const BmpHeader& h,
                                  std::uint64_t at, const std::string& path) {
  if (h.bits == 8) {
    if (bytes[at] >= h.palette_entries)
      throw InputError(fmt::format("{}: a pixel is outside the BMP palette.", path));
    at = h.palette_offset + 4 * std::uint64_t{bytes[at]};
  }
  return {bytes[at + 2], bytes[at + 1], bytes[at]};
}

}  // namespace

Array parse_bmp(const std::string& path, std::span<const std::uint8_t> bytes) {
  const BmpHeader h = parse_header(path, bytes);
  Array out{{h.height, h.width, 3}, {}, Meaning::kPixels};
  out.values.reserve(std::uint64_t{h.height} * h.width * 3);
  for (std::uint64_t y = 0; y < h.height; ++y) {
    const std::uint64_t row =
        h.data_offset + (h.is_top_down ? y : h.height - 1 - y) * h.row_bytes();
    for (std::uint64_t x = 0; x < h.width; ++x)
      for (const std::uint8_t c : pixel(bytes, h, row + x * h.bits / 8, path))
        out.values.push_back(c);
  }
  return out;
}

}  // namespace cairn::platform
