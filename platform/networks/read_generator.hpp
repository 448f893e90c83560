// The part of a description file that generates a network: [generate], [[bits]] and [[masks]].
#pragma once

#include "compiler/generate/generate.hpp"
#include "platform/networks/section.hpp"

namespace cairn::platform {

/// Reads the three from the top of a description file. Throws InputError naming file, line and key;
/// contradictions are found by compiler::generate().
compiler::Generator read_generator(Section& root);

}  // namespace cairn::platform
