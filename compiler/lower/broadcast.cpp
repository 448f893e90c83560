#include "compiler/lower/broadcast.hpp"

#include <algorithm>

namespace cairn::compiler {

namespace {

constexpr std::int64_t kMaxElements = std::int64_t{1} << 26;

/// Row-major strides; 0 along dimensions of size 1, which broadcast.
Dims strides_of(const Dims& dims) {
  Dims strides(dims.size());
  std::int64_t stride = 1;
  for (std::size_t i = dims.size(); i-- > 0;) {
    strides[i] = dims[i] == 1 ? 0 : stride;
    stride *= dims[i];
  }
  return strides;
}

/// Walks `dims` in row-major order and collects the offsets that `strides` give.
std::vector<std::size_t> walk(const Dims& dims, const Dims& strides) {
  std::vector<std::size_t> indices(element_count(dims).value());
  Dims position(dims.size(), 0);
  std::int64_t offset = 0;
  for (std::size_t& index : indices) {
    index = static_cast<std::size_t>(offset);
    for (std::size_t axis = dims.size(); axis-- > 0;) {
      offset += strides[axis];
      if (++position[axis] < dims[axis]) break;
      offset -= strides[axis] * dims[axis];
      position[axis] = 0;
    }
  }
  return indices;
}

/// Negative axes count from the end. Nothing if one is outside or there twice.
std::optional<std::vector<bool>> marked(const Dims& axes, std::size_t rank) {
  std::vector<bool> marks(rank, false);
  for (std::int64_t axis : axes) {
    if (axis < 0) axis += static_cast<std::int64_t>(rank);
    if (axis < 0 || axis >= static_cast<std::int64_t>(rank) ||
        marks[static_cast<std::size_t>(axis)])
      return std::nullopt;
    marks[static_cast<std::size_t>(axis)] = true;
  }
  return marks;
}

}  // namespace

std::optional<std::size_t> element_count(const Dims& dims) {
  std::int64_t count = 1;
  for (const std::int64_t dim : dims) {
    if (dim < 0 || (dim > 0 && count > kMaxElements / dim)) return std::nullopt;
    count *= dim;
  }
  return static_cast<std::size_t>(count);
}

std::optional<Dims> broadcast_dims(const Dims& a, const Dims& b) {
  Dims out(std::max(a.size(), b.size()));
  for (std::size_t i = 0; i < out.size(); ++i) {  // from the last dimension
    const std::int64_t x = i < a.size() ? a[a.size() - 1 - i] : 1;
    const std::int64_t y = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (x != y && x != 1 && y != 1) return std::nullopt;
    out[out.size() - 1 - i] = x == 1 ? y : x;
  }
  return out;
}

std::vector<std::size_t> broadcast_indices(const Dims& from, const Dims& to) {
  Dims padded(to.size() - from.size(), 1);
  padded.insert(padded.end(), from.begin(), from.end());
  return walk(to, strides_of(padded));
}

std::vector<std::size_t> transpose_indices(const Dims& dims, const Dims& permutation) {
  const Dims strides = strides_of(dims);
  Dims new_dims, new_strides;
  for (const std::int64_t axis : permutation) {
    new_dims.push_back(dims[static_cast<std::size_t>(axis)]);
    new_strides.push_back(strides[static_cast<std::size_t>(axis)]);
  }
  return walk(new_dims, new_strides);
}

std::optional<Dims> reshaped(const Dims& dims, const Dims& request) {
  const auto total = element_count(dims);
  Dims out = request;
  std::optional<std::size_t> open;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i] == 0) {
      if (i >= dims.size()) return std::nullopt;
      out[i] = dims[i];
    }
    if (out[i] == -1) {
      if (open) return std::nullopt;
      open = i;
      out[i] = 1;
    }
  }
  const auto known = element_count(out);
  if (!total || !known) return std::nullopt;
  if (open) {
    if (*known == 0 || *total % *known != 0) return std::nullopt;
    out[*open] = static_cast<std::int64_t>(*total / *known);
  }
  return element_count(out) == total ? std::optional(out) : std::nullopt;
}

std::optional<Dims> squeezed(const Dims& dims, const std::optional<Dims>& axes) {
  std::vector<bool> drop(dims.size());
  for (std::size_t i = 0; i < dims.size(); ++i)
    drop[i] = !axes && dims[i] == 1;
  if (axes) {
    const auto marks = marked(*axes, dims.size());
    if (!marks) return std::nullopt;
    drop = *marks;
  }
  Dims out;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (drop[i] && dims[i] != 1) return std::nullopt;
    if (!drop[i]) out.push_back(dims[i]);
  }
  return out;
}

std::optional<Dims> unsqueezed(const Dims& dims, const Dims& axes) {
  const auto marks = marked(axes, dims.size() + axes.size());
  if (!marks) return std::nullopt;
  Dims out;
  std::size_t next = 0;
  for (const bool inserted : *marks)
    out.push_back(inserted ? 1 : dims[next++]);
  return out;
}

}  // namespace cairn::compiler
