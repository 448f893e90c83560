#include "platform/log/function_window.hpp"

#include <algorithm>

#include "models/cpu/hart_flow.hpp"

namespace cairn::platform {

bool FunctionWindow::includes(const hart::Executed& step) {
  using What = hart::Executed::What;
  if (entries_.empty()) return true;
  if (!is_open_) {
    if (step.what == What::kInterrupted || !std::ranges::count(entries_, step.pc)) return false;
    is_open_ = true;
    depth_ = 0;
  }
  const hart::Flow flow = hart::flow_of(step.in);
  if (step.what != What::kRetired || flow == hart::Flow::kCall) {
    ++depth_;
  } else if (flow == hart::Flow::kReturn || step.in.op == hart::Op::kMret) {
    is_open_ = depth_ != 0;
    if (is_open_) --depth_;
  }
  return true;
}

}  // namespace cairn::platform
