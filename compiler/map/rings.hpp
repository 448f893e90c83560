// The rings that a job uses, by number.
#pragma once

#include <cstdint>

#include "job_format.hpp"

namespace cairn::compiler {

namespace rings {
constexpr unsigned kMain = 0;         ///< features of the main path; a buffer of ping-pong
constexpr unsigned kShortcut = 1;     ///< features that several layers read; the other buffer
constexpr unsigned kThird = 2;        ///< ping-pong with shortcuts
constexpr unsigned kPartialSums = 3;  ///< of weight-stationary tiles
constexpr unsigned kInputRows = 4;    ///< of a network's input that comes row by row
constexpr unsigned kRows = 5;         ///< between the layers of a stream
constexpr unsigned kPair = 6;         ///< pixels between the layers of a pair
constexpr unsigned kCount = 7;
}  // namespace rings

struct RingPlan {
  job::Memory memory = job::Memory::kFeatures;
  std::uint64_t begin = 0, bits = 0;  ///< bits 0: not used
};

constexpr std::uint64_t kRingAlignment = 64;  ///< bits

}  // namespace cairn::compiler
