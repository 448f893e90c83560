// Memory for operands that is used again: a layer's arrays are much like the last layer's, and
// fresh pages cost more than unpacking weights into them.
#pragma once

#include <cstddef>

namespace cairn::numbers {

/// On a cache line. A large piece is one that return_memory was given, if some is large enough.
void* take_memory(std::size_t bytes);
/// Of take_memory. Large pieces are kept for the next user, at most 64 MiB in all. From any thread.
void return_memory(void* at) noexcept;

}  // namespace cairn::numbers
