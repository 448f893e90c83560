#include "models/memory/zeroed_pages.hpp"

#include <sys/mman.h>

#include <new>

namespace cairn {

ZeroedPages::ZeroedPages(std::size_t bytes) : data_(nullptr), bytes_(bytes) {
  if (bytes == 0) return;
  void* const pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  data_ = static_cast<std::uint8_t*>(pages);
}

ZeroedPages::~ZeroedPages() {
  if (data_ != nullptr) munmap(data_, bytes_);
}

}  // namespace cairn
