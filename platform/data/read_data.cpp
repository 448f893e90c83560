// Data files by their names.
#include "platform/data/read_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <span>

#include "models/kit/input_error.hpp"
#include "platform/data/file_bytes.hpp"
#include "platform/data/idx.hpp"
#include "platform/data/image.hpp"
#include "platform/data/npy.hpp"

namespace cairn::platform {

namespace {

/// Lower case, without .gz: "images.PNG" -> ".png".
std::string extension(std::filesystem::path path) {
  const auto lower = [](std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
  };
  if (lower(path.extension().string()) == ".gz") path.replace_extension();
  return lower(path.extension().string());
}

std::vector<std::int64_t> parse_text_labels(const std::string& path,
                                            std::span<const std::uint8_t> bytes) {
  std::vector<std::int64_t> out;
  const auto* at = reinterpret_cast<const char*>(bytes.data());
  const char* const end = at + bytes.size();
  std::size_t line = 1;
  while (at != end) {
    if (std::isspace(static_cast<unsigned char>(*at)) != 0 || *at == ',') {
      line += *at++ == '\n' ? 1 : 0;
      continue;
    }
    std::int64_t label = 0;
    const auto [rest, error] = std::from_chars(at, end, label);
    if (error != std::errc{})
      throw InputError(fmt::format("{}:{}: a class number expected.", path, line));
    out.push_back(label);
    at = rest;
  }
  return out;
}

}  // namespace

Array read_data(const std::filesystem::path& path) {
  const std::string kind = extension(path);
  if (kind == ".wav")
    throw InputError(fmt::format("{}: audio files are not supported as input.", path.string()));
  const std::vector<std::uint8_t> bytes = read_file(path);
  if (kind == ".npy") return parse_npy(path.string(), bytes);
  if (kind == ".png") return parse_png(path.string(), bytes);
  if (kind == ".bmp") return parse_bmp(path.string(), bytes);
  if (kind == ".ppm" || kind == ".pgm") return parse_ppm(path.string(), bytes);
  if (bytes.size() >= 2 && bytes[0] == 0 && bytes[1] == 0) return parse_idx(path.string(), bytes);
  throw InputError(fmt::format(
      "{}: is not a file that can be an input (.npy, IDX, .png, .bmp, .ppm).", path.string()));
}

std::vector<std::int64_t> read_labels(const std::filesystem::path& path) {
  const std::string kind = extension(path);
  if (kind == ".txt" || kind == ".csv") return parse_text_labels(path.string(), read_file(path));
  const Array array = read_data(path);
  if (array.shape.size() != 1 && !(array.shape.size() == 2 && array.shape[1] == 1))
    throw InputError(fmt::format("{}: labels must be one number per input, but the shape is {}.",
                                 path.string(), shape_text(array.shape)));
  std::vector<std::int64_t> out;
  out.reserve(array.values.size());
  for (const double value : array.values) {
    if (!(std::abs(value) < 1e9) || value != std::floor(value))
      throw InputError(fmt::format("{}: {} is not a class number.", path.string(), value));
    out.push_back(static_cast<std::int64_t>(value));
  }
  return out;
}

}  // namespace cairn::platform
