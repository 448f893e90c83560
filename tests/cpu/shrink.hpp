// Makes a failing program smaller.
#pragma once

#include <functional>
#include <optional>
#include <span>

#include "tests/cpu/program_batch.hpp"

namespace cairn::test {

/// The first of these programs that fails, if any does.
using Judge = std::function<std::optional<std::size_t>(std::span<const Candidate>)>;

/// Takes statements and instructions out of `failing`, replaces loops, functions and branches by
/// what they hold and lowers counts, as long as the judge says that what is left fails. Programs
/// are judged many at a time.
Candidate shrink(Candidate failing, const Judge& judge);

}  // namespace cairn::test
