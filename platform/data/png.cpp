// PNG through libpng's simplified interface.
#include <fmt/format.h>
#include <png.h>

#include <memory>

#include "models/kit/input_error.hpp"
#include "platform/data/image.hpp"

namespace cairn::platform {

Array parse_png(const std::string& path, std::span<const std::uint8_t> bytes) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  const std::unique_ptr<png_image, void (*)(png_image*)> release(&image, png_image_free);
  if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0)
    throw InputError(fmt::format("{}: is not a readable PNG: {}.", path, image.message));

  // Asking for the stored kind of pixel keeps libpng from mixing colours or a background in.
  const unsigned alpha = image.format & PNG_FORMAT_FLAG_ALPHA;
  const unsigned colour = image.format & PNG_FORMAT_FLAG_COLOR;
  image.format = alpha | colour;
  const std::size_t channels = colour != 0 ? 3 : 1;
  const std::size_t stored = channels + (alpha != 0 ? 1 : 0);
  const std::uint64_t pixels = checked_elements(path, {image.height, image.width, stored}) / stored;
  constexpr std::uint64_t kMaxRatio =
      std::uint64_t{1032} * 8;  // deflate's best, on pixels of one bit
  if (pixels / kMaxRatio > bytes.size())
    throw InputError(fmt::format("{}: {} bytes cannot hold {} x {} pixels.", path, bytes.size(),
                                 image.width, image.height));

  std::vector<std::uint8_t> raw(pixels * stored);
  if (png_image_finish_read(&image, nullptr, raw.data(), 0, nullptr) == 0)
    throw InputError(fmt::format("{}: is not a readable PNG: {}.", path, image.message));
  Array out{{image.height, image.width, channels}, {}, Meaning::kPixels};
  out.values.reserve(pixels * channels);
  for (std::size_t i = 0; i < raw.size(); ++i)
    if (i % stored < channels) out.values.push_back(raw[i]);
  return out;
}

}  // namespace cairn::platform
