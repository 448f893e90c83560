// A vector of operands that begins on a cache line, so that no vector load crosses one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

namespace cairn::numbers {

template <typename T>
struct CacheLineAllocator {
  using value_type = T;
  static constexpr std::align_val_t kLine{64};

  CacheLineAllocator() = default;
  template <typename U>
  explicit CacheLineAllocator(const CacheLineAllocator<U>&) {}

  T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T), kLine));
  }
  void deallocate(T* at, std::size_t) noexcept { ::operator delete(at, kLine); }
  bool operator==(const CacheLineAllocator&) const = default;
};

template <typename T>
using AlignedVector = std::vector<T, CacheLineAllocator<T>>;
using CodeVector = AlignedVector<std::uint8_t>;

}  // namespace cairn::numbers
