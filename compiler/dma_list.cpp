#include "compiler/dma_list.hpp"

#include <utility>

namespace cairn::compiler {

namespace {

constexpr std::uint32_t kRowBytes = 2'048;

}  // namespace

void DmaList::copy(Place from, Place to, std::uint32_t bytes, std::uint32_t computed_before,
                   std::size_t layer) {
  job::Descriptor d{};
  d.source_base = static_cast<std::uint8_t>(from.base);
  d.target_base = static_cast<std::uint8_t>(to.base);
  d.wait_token = static_cast<std::uint8_t>(job::kTokenComputed);
  d.wait_count = static_cast<std::uint16_t>(computed_before);
  d.signal_token = static_cast<std::uint8_t>(job::kTokenLoaded);
  d.signal_count = 1;
  d.planes = 1;
  d.layer = static_cast<std::uint16_t>(layer);
  const auto append = [&](std::uint32_t begin, std::uint32_t row_bytes, std::uint32_t rows) {
    d.source_offset = from.offset + begin;
    d.target_offset = to.offset + begin;
    d.row_bytes = d.source_row_stride = d.target_row_stride = row_bytes;
    d.rows = rows;
    d.source_plane_stride = d.target_plane_stride = row_bytes * rows;
    descriptors_.push_back(d);
  };
  const std::uint32_t rows = bytes / kRowBytes, rest = bytes % kRowBytes;
  if (rows > 0) append(0, kRowBytes, rows);
  if (rest > 0) append(rows * kRowBytes, rest, 1);
}

std::vector<job::Descriptor> DmaList::finish() && {
  for (std::size_t i = 0; i + 1 < descriptors_.size(); ++i)
    descriptors_[i].next = static_cast<std::uint32_t>((i + 1) * sizeof(job::Descriptor));
  return std::move(descriptors_);
}

}  // namespace cairn::compiler
