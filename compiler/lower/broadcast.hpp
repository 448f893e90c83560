// Shapes of constants: broadcasting and reordering as ONNX defines them.
#pragma once

#include <optional>
#include <vector>

#include "compiler/import/graph.hpp"

namespace cairn::compiler {

/// Elements of `dims`; nothing if that is negative or more than a folded constant may have (2^26).
std::optional<std::size_t> element_count(const Dims& dims);

/// The shape that both broadcast to (multidirectional broadcasting); nothing if they do not.
std::optional<Dims> broadcast_dims(const Dims& a, const Dims& b);

/// For each element of `to`, the index of the element of a tensor of shape `from` that broadcasts
/// to it. `from` must broadcast to `to`, and element_count(to) must exist.
std::vector<std::size_t> broadcast_indices(const Dims& from, const Dims& to);

/// For each element of the transposed tensor, the index of the element of the original of shape
/// `dims`. `permutation` must be one.
std::vector<std::size_t> transpose_indices(const Dims& dims, const Dims& permutation);

/// Reshape's rule: 0 copies a dimension, one -1 is computed. Nothing if the sizes do not match.
std::optional<Dims> reshaped(const Dims& dims, const Dims& request);

/// Dimensions without those named by `axes` (all of size 1), or all of size 1 if `axes` is absent.
/// Nothing if wrong.
std::optional<Dims> squeezed(const Dims& dims, const std::optional<Dims>& axes);

/// Dimensions with 1s inserted at `axes` of the result. Nothing if wrong.
std::optional<Dims> unsqueezed(const Dims& dims, const Dims& axes);

}  // namespace cairn::compiler
