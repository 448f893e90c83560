#include "models/npu/feature_space.hpp"

#include <algorithm>
#include <utility>

namespace cairn::npu {

namespace {

constexpr std::uint64_t kAlignment = 64;

[[noreturn]] void refuse(ErrorCode code, std::uint64_t address, const char* reason) {
  throw Fault{code, static_cast<std::uint32_t>(address), reason};
}

bool overlap(const Ring& a, const Ring& b) {
  return a.memory == b.memory && a.begin < b.begin + b.bits && b.begin < a.begin + a.bits;
}

}  // namespace

void FeatureSpace::clear() {
  rings_ = {};
  tensors_.clear();
  removed_.clear();
  live_ = peak_ = recent_peak_ = 0;
}

void FeatureSpace::define(const job::RingCommand& c) {
  if (c.ring >= kRings || c.memory >= memory_bits_.size())
    refuse(ErrorCode::bad_command, c.ring, "no such ring or memory");
  if (c.bits == 0 || c.bits % kAlignment != 0 || c.begin % kAlignment != 0)
    refuse(ErrorCode::bad_command, c.begin, "a ring is empty or misaligned");
  if (std::uint64_t{c.begin} + c.bits > memory_bits_[c.memory])
    refuse(ErrorCode::outside_memory, c.begin, "a ring leaves its memory");
  for (const Tensor& t : tensors_)
    if (t.ring == c.ring) refuse(ErrorCode::bad_command, c.begin, "a ring in use is defined again");
  rings_[c.ring] = {static_cast<job::Memory>(c.memory), c.begin, c.bits};
}

const Ring& FeatureSpace::ring(unsigned number) const {
  return rings_[number];
}

Ring& FeatureSpace::defined(unsigned number) {
  if (number >= kRings || rings_[number].bits == 0)
    refuse(ErrorCode::bad_command, number, "a ring is used that is not defined");
  return rings_[number];
}

Tensor& FeatureSpace::add(const Place& place, std::uint32_t pixels, std::uint64_t pixel_bits) {
  const Ring& ring = defined(place.ring);
  if (place.offset >= ring.bits)
    refuse(ErrorCode::bad_command, place.offset, "an offset lies outside its ring");
  if (pixel_bits > ring.bits)
    refuse(ErrorCode::ring_overrun, place.offset, "a pixel is larger than its ring");
  for (const Tensor& t : tensors_)
    if (t.ring != place.ring && overlap(rings_[t.ring], ring))
      refuse(ErrorCode::bad_command, place.offset, "a ring lies over another one in use");
  return tensors_.emplace_back(Tensor{place.ring, place.offset, pixel_bits, pixels});
}

Tensor& FeatureSpace::input(const Place& place, std::uint32_t pixels, std::uint64_t pixel_bits) {
  const auto same = std::ranges::find_if(tensors_, [&](const Tensor& t) {
    return t.ring == place.ring && t.offset == place.offset &&
           t.pixels * t.pixel_bits == pixels * pixel_bits;
  });
  if (same != tensors_.end()) {
    if (same->pixels != pixels) {  // another shape for the same elements
      if (same->tail != 0 || same->complete != same->pixels)
        refuse(ErrorCode::bad_command, place.offset, "a tensor changes its shape half-way");
      same->pixels = same->head = same->complete = pixels;
      same->pixel_bits = pixel_bits;
    }
    return *same;
  }
  const std::uint64_t ring_bits = defined(place.ring).bits, bits = pixels * pixel_bits;
  for (const Tensor& t : tensors_)
    if (t.ring == place.ring && hits(t, place.offset, std::min(bits, ring_bits)))
      refuse(ErrorCode::bad_command, place.offset, "an input lies in other features still needed");
  Tensor& t = add(place, pixels, pixel_bits);
  t.head = t.complete = pixels;
  t.streamed = bits > ring_bits;
  count(t, static_cast<std::int64_t>(t.live_bits()));
  return t;
}

Tensor& FeatureSpace::output(const Place& place, std::uint32_t pixels, std::uint64_t pixel_bits) {
  for (const Tensor& t : tensors_) {
    if (t.ring != place.ring || t.streamed) continue;
    const std::uint64_t bits = defined(t.ring).bits;
    const std::uint64_t from_tail =
        (place.offset + bits - (t.offset + t.tail * t.pixel_bits) % bits) % bits;
    if (from_tail > 0 && from_tail < t.live_bits())
      refuse(ErrorCode::bad_command, place.offset, "an output begins inside features still needed");
  }
  return add(place, pixels, pixel_bits);
}

void FeatureSpace::write(Tensor& tensor, std::uint32_t pixel) {
  const std::uint64_t begin =
      (tensor.offset + pixel * tensor.pixel_bits) % rings_[tensor.ring].bits;
  if (tensor.removed)
    refuse(ErrorCode::bad_command, begin, "features are written whose last reader is done");
  for (const Tensor& t : tensors_) {
    if (t.ring != tensor.ring || (&t == &tensor && pixel < t.head)) continue;
    if (hits(t, begin, tensor.pixel_bits))
      refuse(ErrorCode::ring_overrun, begin, "the output overruns features that are still needed");
  }
  append(tensor, pixel);
}

void FeatureSpace::append(Tensor& tensor, std::uint32_t pixel) {
  if (pixel < tensor.head) return;
  count(tensor, static_cast<std::int64_t>((pixel + 1 - tensor.head) * tensor.pixel_bits));
  tensor.head = pixel + 1;
}

bool FeatureSpace::is_clear(const Tensor& tensor, std::uint32_t first, std::uint32_t count) const {
  const std::uint64_t ring_bits = rings_[tensor.ring].bits, bits = count * tensor.pixel_bits;
  if (tensor.removed || bits > ring_bits) return false;
  const std::uint64_t begin = (tensor.offset + first * tensor.pixel_bits) % ring_bits;
  return std::ranges::none_of(tensors_, [&](const Tensor& t) {
    const bool is_rewritten = &t == &tensor && first + count <= t.head;
    return t.ring == tensor.ring && !is_rewritten && hits(t, begin, bits);
  });
}

void FeatureSpace::complete(Tensor& tensor, std::uint32_t pixel) {
  if (pixel == tensor.complete) ++tensor.complete;
}

bool FeatureSpace::hits(const Tensor& t, std::uint64_t begin, std::uint64_t bits) const {
  const std::uint64_t live = t.live_bits(), ring_bits = rings_[t.ring].bits;
  if (live == 0) return false;
  const std::uint64_t tail = (t.offset + t.tail * t.pixel_bits) % ring_bits;
  const std::uint64_t from_tail = (begin + ring_bits - tail) % ring_bits;
  return from_tail < live || from_tail + bits > ring_bits;
}

void FeatureSpace::free_before(Tensor& tensor, std::uint32_t pixel) {
  const std::uint32_t tail = std::min(pixel, tensor.head);
  if (tail <= tensor.tail) return;
  if (!tensor.streamed)
    count(tensor, -static_cast<std::int64_t>((tail - tensor.tail) * tensor.pixel_bits));
  tensor.tail = tail;
}

void FeatureSpace::remove(Tensor& tensor) {
  if (tensor.removed) return;
  count(tensor, -static_cast<std::int64_t>(tensor.live_bits()));
  tensor.tail = tensor.head;
  tensor.removed = true;
  const auto at = std::ranges::find(tensors_, &tensor, [](const Tensor& t) { return &t; });
  removed_.splice(removed_.end(), tensors_, at);
}

void FeatureSpace::require_live(const Tensor& tensor, std::uint32_t first,
                                std::uint32_t count) const {
  const bool is_there = first >= tensor.tail && first + count <= tensor.complete;
  if (!tensor.removed && (tensor.streamed || is_there)) return;
  refuse(ErrorCode::bad_command, tensor.offset, "features are read that are not there");
}

void FeatureSpace::count(const Tensor& tensor, std::int64_t bits) {
  if (rings_[tensor.ring].memory != job::Memory::kFeatures) return;
  live_ += static_cast<std::uint64_t>(bits);
  peak_ = std::max(peak_, live_);
  recent_peak_ = std::max(recent_peak_, live_);
}

std::uint64_t FeatureSpace::take_peak() {
  return std::exchange(peak_, live_);
}

std::uint64_t FeatureSpace::take_recent_peak() {
  return std::exchange(recent_peak_, live_);
}

}  // namespace cairn::npu
