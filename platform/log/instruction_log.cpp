#include "platform/log/instruction_log.hpp"

#include "platform/log/commit_line.hpp"

namespace cairn::platform {

void InstructionLog::executed(const hart::Executed& step, const hart::Hart& hart) {
  if (!window_.includes(step)) return;
  append_commit_line(file_.buffer(), step, hart);
  file_.write_if_large();
}

}  // namespace cairn::platform
