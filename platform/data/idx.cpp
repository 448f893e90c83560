// IDX files: 0, 0, type, dimensions, then each dimension and the data, big-endian.
#include "platform/data/idx.hpp"

#include <fmt/format.h>

#include <map>

#include "models/kit/input_error.hpp"
#include "platform/data/element.hpp"

namespace cairn::platform {

Array parse_idx(const std::string& path, std::span<const std::uint8_t> bytes) {
  static const std::map<unsigned, Element> kTypes = {{0x08, Element::kU8},  {0x09, Element::kI8},
                                                     {0x0b, Element::kI16}, {0x0c, Element::kI32},
                                                     {0x0d, Element::kF32}, {0x0e, Element::kF64}};
  if (bytes.size() < 4 || bytes[0] != 0 || bytes[1] != 0 || !kTypes.contains(bytes[2]))
    throw InputError(fmt::format("{}: is not an IDX file.", path));
  const Element element = kTypes.at(bytes[2]);
  const std::size_t dimensions = bytes[3];
  const std::size_t header = 4 + 4 * dimensions;
  if (dimensions == 0 || dimensions > 8)
    throw InputError(fmt::format("{}: has {} dimensions; 1 to 8 are supported.", path, dimensions));
  if (bytes.size() < header) throw InputError(fmt::format("{}: ends within the IDX header.", path));

  std::vector<std::uint64_t> shape;
  for (const double n : decode(bytes.subspan(4), dimensions, Element::kU32, std::endian::big))
    shape.push_back(static_cast<std::uint64_t>(n));
  const std::uint64_t elements = checked_elements(path, shape);
  const std::uint64_t needed = elements * bytes_of(element);
  if (bytes.size() - header != needed)
    throw InputError(fmt::format("{}: shape {} needs {} bytes of data, but {} follow the header.",
                                 path, shape_text(shape), needed, bytes.size() - header));
  const Meaning meaning = element == Element::kU8 ? Meaning::kPixels
                          : is_real(element)      ? Meaning::kReals
                                                  : Meaning::kIntegers;
  return {shape, decode(bytes.subspan(header), elements, element, std::endian::big), meaning};
}

}  // namespace cairn::platform
