// A compiled network through the list walker, against the reference.
#pragma once

#include <gtest/gtest.h>

#include <random>

#include "compiler/compile.hpp"
#include "models/npu/numbers/packing.hpp"
#include "tests/compiler/list_walker.hpp"
#include "tests/compiler/random_graph.hpp"

namespace cairn::test {

/// Runs the job of `network` in a random interleaving: it ends, with the reference's outputs.
inline void expect_walks(const compiler::Network& network, const compiler::Job& job,
                         const npu::Geometry& geometry, unsigned seed, bool* overlapped = nullptr) {
  const std::vector<std::int16_t> features = random_input(network, seed);
  std::vector<std::uint8_t> input(job.input_bytes);
  numbers::pack_features(std::vector<std::int32_t>(features.begin(), features.end()),
                         network.input_type, input, 0);
  ListWalker walker(job.image, geometry);
  std::mt19937 random(seed);
  ASSERT_EQ(walker.run(input, random), "");
  std::vector<std::int32_t> out(static_cast<std::size_t>(network.last().out.elements()));
  numbers::unpack_features(walker.output, 0, network.last().out_type, out);
  ASSERT_EQ(out, compiler::run_reference(network, features));
  if (overlapped != nullptr) *overlapped |= walker.overlapped;
}

inline void expect_walks(const compiler::Network& network, const npu::Mapping& mapping,
                         const compiler::CompileOptions& options, unsigned seed,
                         bool* overlapped = nullptr) {
  expect_walks(network, compiler::compile(network, mapping, options), mapping.geometry(), seed,
               overlapped);
}

}  // namespace cairn::test
