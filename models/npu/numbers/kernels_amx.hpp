// Sums of products for AMX. Call only where has_instruction_set says so.
#pragma once

#include "models/npu/numbers/kernels.hpp"

namespace cairn::numbers {

void begin_amx();  ///< configures the tiles of this thread
void end_amx();    ///< gives them back
void products_amx(const OperandRows& rows, const WeightPanel& panel, std::int32_t* sums);

}  // namespace cairn::numbers
