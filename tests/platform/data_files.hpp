// Data files, made byte by byte.
#pragma once

#include <png.h>
#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace cairn::test {

using Bytes = std::vector<std::uint8_t>;

inline Bytes bytes_of(const std::string& text) {
  return {text.begin(), text.end()};
}

/// A .npy file of any header text.
inline Bytes npy(const std::string& header, const std::string& data, char version = 1) {
  std::string file = std::string("\x93NUMPY") + version + '\0';
  const std::size_t length = header.size();
  file += {static_cast<char>(length & 0xff), static_cast<char>(length >> 8)};
  if (version > 1) file += std::string(2, '\0');
  return bytes_of(file + header + data);
}

inline Bytes idx(std::uint8_t type, const std::vector<std::uint32_t>& shape,
                 const std::string& data) {
  Bytes out{0, 0, type, static_cast<std::uint8_t>(shape.size())};
  for (const std::uint32_t n : shape)
    for (const int shift : {24, 16, 8, 0})
      out.push_back(static_cast<std::uint8_t>(n >> shift));
  out.insert(out.end(), data.begin(), data.end());
  return out;
}

inline std::string gzipped(const std::string& path, const Bytes& content) {
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, content.data(), static_cast<unsigned>(content.size()));
  gzclose(file);
  return path;
}

inline Bytes png_of(std::uint32_t width, std::uint32_t height, std::uint32_t format,
                    const Bytes& pixels) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = width;
  image.height = height;
  image.format = format;
  png_alloc_size_t size = 0;
  png_image_write_to_memory(&image, nullptr, &size, 0, pixels.data(), 0, nullptr);
  Bytes out(size);
  png_image_write_to_memory(&image, out.data(), &size, 0, pixels.data(), 0, nullptr);
  out.resize(size);
  return out;
}

/// 2 x 2, 24 bits, bottom-up; rows are padded to 4 bytes.
inline Bytes bmp() {
  Bytes out(54 + 16);
  const auto put = [&](std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i)
      out[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
  };
  out[0] = 'B';
  out[1] = 'M';
  put(10, 54);
  put(14, 40);
  put(18, 2);
  put(22, 2);
  out[26] = 1;
  out[28] = 24;
  const Bytes rows{7, 8, 9, 10, 11, 12, 0, 0, 1, 2, 3, 4, 5, 6, 0, 0};
  std::ranges::copy(rows, out.begin() + 54);
  return out;
}

}  // namespace cairn::test
