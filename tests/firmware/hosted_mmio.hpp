// Where the loads and stores of a natively compiled driver go: onto the bus of a test bench.
#pragma once

#include "firmware/hal/mmio.h"
#include "tests/support/bench.hpp"

namespace cairn::test {

/// From now on drivers access what `bench.host` is bound to. Call them from the body of run().
void connect_mmio(Bench& bench);

}  // namespace cairn::test
