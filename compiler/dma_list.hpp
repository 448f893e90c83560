// The DMA's side of a job: descriptors in list order.
#pragma once

#include <cstdint>
#include <vector>

#include "job_format.hpp"

namespace cairn::compiler {

/// A place in one of the job's memories.
struct Place {
  job::Base base = job::Base::kAbsolute;
  std::uint32_t offset = 0;
};

class DmaList {
 public:
  /// Copies `bytes` (above 0) bytes once `computed_before` layers are computed: rows of 2,048 bytes
  /// in one descriptor, and what remains in another. Each signals token_loaded once.
  void copy(Place from, Place to, std::uint32_t bytes, std::uint32_t computed_before,
            std::size_t layer);

  /// Descriptors so far: what token_loaded counts to when all of them are done.
  std::size_t size() const { return descriptors_.size(); }
  /// All of them, linked.
  std::vector<job::Descriptor> finish() &&;

 private:
  std::vector<job::Descriptor> descriptors_;
};

}  // namespace cairn::compiler
