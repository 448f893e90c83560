// Netpbm pictures: P2 and P5 grey, P3 and P6 colour.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "models/kit/input_error.hpp"
#include "platform/data/image.hpp"

namespace cairn::platform {

namespace {

/// The numbers of the header and of the text formats, with comments between them.
class Numbers {
 public:
  Numbers(const std::string& path, std::span<const std::uint8_t> bytes)
      : path_(path), bytes_(bytes) {}

  std::uint64_t next() {
    skip_space_and_comments();
    if (at_ == bytes_.size() || std::isdigit(bytes_[at_]) == 0)
      throw InputError(fmt::format("{}: a number is missing at byte {}.", path_, at_));
    std::uint64_t value = 0;
    for (; at_ < bytes_.size() && std::isdigit(bytes_[at_]) != 0 && value < 1'000'000'000; ++at_)
      value = value * 10 + (bytes_[at_] - '0');
    return value;
  }

  /// After the one separator that ends the header.
  std::span<const std::uint8_t> rest() const {
    return bytes_.subspan(std::min(at_ + 1, bytes_.size()));
  }

 private:
  void skip_space_and_comments() {
    for (; at_ < bytes_.size(); ++at_) {
      if (bytes_[at_] == '#')
        while (at_ + 1 < bytes_.size() && bytes_[at_] != '\n')
          ++at_;
      else if (std::isspace(bytes_[at_]) == 0)
        return;
    }
  }

  const std::string& path_;
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 2;
};

}  // namespace

Array parse_ppm(const std::string& path, std::span<const std::uint8_t> bytes) {
  const char kind = bytes.size() > 2 && bytes[0] == 'P' ? static_cast<char>(bytes[1]) : '\0';
  if (std::string_view("2356").find(kind) == std::string_view::npos)
    throw InputError(fmt::format("{}: is not a PPM or PGM picture.", path));
  Numbers numbers(path, bytes);
  const std::uint64_t width = numbers.next(), height = numbers.next(), maximum = numbers.next();
  const std::uint64_t channels = kind == '3' || kind == '6' ? 3 : 1;
  if (maximum == 0 || maximum > 255)
    throw InputError(
        fmt::format("{}: the largest value is {}; 1 to 255 is supported.", path, maximum));
  Array out{{height, width, channels}, {}, Meaning::kPixels};
  const std::uint64_t elements = checked_elements(path, out.shape);
  const bool is_text = kind == '2' || kind == '3';
  const std::span<const std::uint8_t> data = numbers.rest();
  if (data.size() < (is_text && elements > 0 ? 2 * elements - 1 : elements))
    throw InputError(fmt::format("{}: {} x {} pixels do not fit in a file of {} bytes.", path,
                                 width, height, bytes.size()));
  out.values.reserve(elements);
  for (std::uint64_t i = 0; i < elements; ++i) {
    const std::uint64_t value = is_text ? numbers.next() : data[i];
    if (value > maximum)
      throw InputError(
          fmt::format("{}: pixel value {} is above the maximum {}.", path, value, maximum));
    const std::uint64_t scaled = (value * 255 + maximum / 2) / maximum;
    out.values.push_back(static_cast<double>(scaled));
  }
  return out;
}

}  // namespace cairn::platform
