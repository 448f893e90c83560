#include "models/kit/trace.hpp"

#include <stdexcept>

namespace cairn::kit::trace {

Channel::Channel(const char* name, Kind kind, unsigned width, Hint hint)
    : sc_core::sc_object(name),
      known_(kind == Kind::kReal || hint.format == Format::kAnalogue),
      kind_(kind),
      width_(width),
      hint_(hint) {
  if (kind == Kind::kVector && (width < 1 || width > 64))
    throw std::logic_error(std::string("trace channel ") + this->name() + ": width " +
                           std::to_string(width) + " is not in 1..64");
}

void Channel::attach(Sink& sink, std::uint32_t slot) {
  if (sc_core::sc_get_time_resolution() != sc_core::sc_time(1, sc_core::SC_PS))
    throw std::logic_error("trace channels need SystemC's default time resolution of 1 ps");
  sink_ = &sink;
  slot_ = slot;
  newest_ps_ = now_ps();
  if (known_ && kind_ != Kind::kText) sink.bits_changed(*this, newest_ps_, bits_);
}

// An equal value is left out only at the kernel's own time: a future one may yet be preceded by a
// different value, and then counts.
void Channel::record_bits(std::uint64_t bits, std::uint64_t at_ps) {
  const std::uint64_t now = now_ps();
  const bool newest = at_ps >= newest_ps_;
  if (newest && at_ps == now && known_ && bits == bits_) return;
  check_time(at_ps, now);
  if (newest) {
    remember(bits);
    newest_ps_ = at_ps;
  }
  sink_->bits_changed(*this, at_ps, bits);
}

void Channel::record_text(std::string_view text, std::uint64_t at_ps) {
  const std::uint64_t now = now_ps();
  const bool newest = at_ps >= newest_ps_;
  if (newest && at_ps == now && known_ && text == text_) return;
  check_time(at_ps, now);
  if (newest) {
    text_ = text;
    known_ = true;
    newest_ps_ = at_ps;
  }
  sink_->text_changed(*this, at_ps, text);
}

void Channel::check_time(std::uint64_t at_ps, std::uint64_t now_ps) const {
  if (at_ps < now_ps)
    throw std::logic_error(std::string("trace channel ") + name() + ": change at " +
                           std::to_string(at_ps) + " ps, but the kernel is at " +
                           std::to_string(now_ps) + " ps");
}

namespace {

void collect(const std::vector<sc_core::sc_object*>& objects, std::vector<Channel*>& found) {
  for (sc_core::sc_object* object : objects)
    if (auto* channel = dynamic_cast<Channel*>(object)) found.push_back(channel);
  for (sc_core::sc_object* object : objects)
    collect(object->get_child_objects(), found);
}

}  // namespace

std::vector<Channel*> all_channels() {
  std::vector<Channel*> found;
  collect(sc_core::sc_get_top_level_objects(), found);
  return found;
}

}  // namespace cairn::kit::trace
