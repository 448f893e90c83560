#include "platform/profile/call_stack.hpp"

namespace cairn::platform {

/// Of the frames that jumped to each other and so share address and stack pointer, the outermost
/// was called. The very first frame was not called at all.
std::size_t CallStack::returning(std::uint32_t target, std::uint32_t stack_pointer) const {
  std::size_t found = frames_.size();
  for (std::size_t i = frames_.size(); i-- > 1;) {
    const bool matches = frames_[i].return_to == target && frames_[i].sp == stack_pointer;
    if (matches) found = i;
    if (!matches && found != frames_.size()) break;
  }
  return found;
}

std::size_t CallStack::returning(std::uint32_t target) const {
  for (std::size_t i = frames_.size(); i-- > 1;)
    if (frames_[i].return_to == target) return returning(target, frames_[i].sp);
  return frames_.size();
}

std::size_t CallStack::jumped_from(std::uint32_t function) const {
  for (std::size_t i = frames_.size(); i-- > 0;) {
    if (frames_[i].return_to != top().return_to || frames_[i].sp != top().sp) break;
    if (frames_[i].function == function) return i;
  }
  return frames_.size();
}

void CallStack::push(const CallFrame& frame) {
  if (frame.function >= active_.size()) active_.resize(frame.function + 1);
  frames_.push_back(frame);
  frames_.back().is_outermost = active_[frame.function]++ == 0;
  frames_.back().entry = clock;
}

CallFrame CallStack::pop() {
  const CallFrame frame = frames_.back();
  frames_.pop_back();
  --active_[frame.function];
  return frame;
}

}  // namespace cairn::platform
