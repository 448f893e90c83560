// NumPy's .npy files.
#include "platform/data/npy.hpp"

#include <fmt/format.h>

#include <cstring>

#include "models/kit/input_error.hpp"
#include "platform/data/file_bytes.hpp"
#include "platform/data/npy_header.hpp"

namespace cairn::platform {

namespace {

/// First index fastest -> last index fastest.
std::vector<double> row_major(const std::vector<double>& in,
                              const std::vector<std::uint64_t>& shape) {
  std::vector<double> out(in.size());
  std::vector<std::uint64_t> index(shape.size(), 0);
  for (const double value : in) {
    std::uint64_t at = 0;
    for (std::size_t d = 0; d < shape.size(); ++d)
      at = at * shape[d] + index[d];
    out[at] = value;
    for (std::size_t d = 0; d < shape.size() && ++index[d] == shape[d]; ++d)
      index[d] = 0;
  }
  return out;
}

}  // namespace

Array parse_npy(const std::string& path, std::span<const std::uint8_t> bytes) {
  const NpyHeader header = parse_npy_header(path, bytes);
  const std::uint64_t elements = checked_elements(path, header.shape);
  const std::span<const std::uint8_t> data = bytes.subspan(header.data_offset);
  const std::uint64_t needed = elements * bytes_of(header.element);
  if (data.size() != needed)
    throw InputError(fmt::format("{}: shape {} needs {} bytes of data, but {} follow the header.",
                                 path, shape_text(header.shape), needed, data.size()));
  std::vector<double> values = decode(data, elements, header.element, header.order);
  if (header.is_fortran) values = row_major(values, header.shape);
  return {header.shape, std::move(values),
          is_real(header.element) ? Meaning::kReals : Meaning::kIntegers};
}

void write_npy(const std::filesystem::path& path, std::uint64_t rows, std::uint64_t columns,
               std::span<const std::int32_t> values) {
  std::string text =
      fmt::format("{{'descr': '<i4', 'fortran_order': False, 'shape': ({}, {}), }}", rows, columns);
  constexpr std::size_t kPrefix = 10, kAlignment = 64;
  text.append(kAlignment - 1 - (kPrefix + text.size()) % kAlignment, ' ');
  text += '\n';

  std::string file("\x93NUMPY\x01\x00", 8);
  file += static_cast<char>(text.size() & 0xff);
  file += static_cast<char>(text.size() >> 8);
  file += text;
  file.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  write_file(path, file);
}

}  // namespace cairn::platform
