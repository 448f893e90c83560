// Host memory that reads as zero and costs nothing until it is touched.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cairn {

/// Owns an anonymous mapping. Throws std::bad_alloc if the host refuses it.
class ZeroedPages {
 public:
  explicit ZeroedPages(std::size_t bytes);
  ~ZeroedPages();
  ZeroedPages(const ZeroedPages&) = delete;
  ZeroedPages& operator=(const ZeroedPages&) = delete;

  [[nodiscard]] std::uint8_t* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return bytes_; }

 private:
  std::uint8_t* data_;
  std::size_t bytes_;
};

}  // namespace cairn
