#include "models/npu/numbers/recycled_memory.hpp"

#include <array>
#include <mutex>
#include <new>

namespace cairn::numbers {

namespace {

constexpr std::size_t kLine = 64;
constexpr std::size_t kLarge = 16'384;  // below, the allocator's own lists serve
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t kMostKept = 0;  // the sanitiser is to see each array's own bounds
#else
constexpr std::size_t kMostKept = 64U << 20U;  // bytes
#endif

/// Before every piece, on a cache line of its own.
struct alignas(kLine) Header {
  std::size_t capacity;
};

class KeptPieces {
 public:
  /// The smallest that is large enough, or none.
  Header* take(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    Header** best = nullptr;
    for (Header*& piece : pieces_)
      if (piece != nullptr && piece->capacity >= bytes &&
          (best == nullptr || piece->capacity < (*best)->capacity))
        best = &piece;
    if (best == nullptr) return nullptr;
    Header* const piece = *best;
    *best = nullptr;
    total_ -= piece->capacity;
    return piece;
  }

  /// False if there is no room for it.
  bool keep(Header* piece) noexcept {
    const std::lock_guard lock(mutex_);
    if (total_ + piece->capacity > kMostKept) return false;
    for (Header*& place : pieces_)
      if (place == nullptr) {
        place = piece;
        total_ += piece->capacity;
        return true;
      }
    return false;
  }

 private:
  std::mutex mutex_;
  std::array<Header*, 64> pieces_{};
  std::size_t total_ = 0;
};

constinit KeptPieces kept;  // has no destructor: arrays of static lifetime may come back late

}  // namespace

void* take_memory(std::size_t bytes) {
  Header* piece = bytes < kLarge ? nullptr : kept.take(bytes);
  if (piece == nullptr) {
    piece = static_cast<Header*>(::operator new (sizeof(Header) + bytes, std::align_val_t{kLine}));
    piece->capacity = bytes;
  }
  return piece + 1;
}

void return_memory(void* at) noexcept {
  Header* const piece = static_cast<Header*>(at) - 1;
  if (piece->capacity >= kLarge && kept.keep(piece)) return;
  ::operator delete (piece, std::align_val_t{kLine});
}

}  // namespace cairn::numbers
