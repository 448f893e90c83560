#include "models/kit/vcd_writer.hpp"

#include <algorithm>
#include <utility>

#include "models/kit/input_error.hpp"
#include "models/kit/vcd_format.hpp"

namespace cairn::kit::trace {
namespace {

constexpr std::uint64_t kForever = std::numeric_limits<std::uint64_t>::max();

std::uint64_t kernel_ps() {
  return sc_core::sc_time_stamp().value();
}

}  // namespace

VcdWriter::VcdWriter(const std::filesystem::path& file, std::vector<Channel*> channels,
                     const Window& window)
    : channels_(std::move(channels)), texts_{""}, text_index_{{"", 0}}, file_(file) {
  for (Channel* channel : channels_) {
    Variable variable{
        channel, vcd_identifier(static_cast<std::uint32_t>(variables_.size())), {}, {}, {}};
    if (const auto* enumeration = dynamic_cast<const Enumeration*>(channel))
      for (const char* name : enumeration->names())
        variable.names.push_back(vcd_escape(name));
    variables_.push_back(std::move(variable));
  }
  set_window(window);
  file_.buffer() += vcd_header(channels_);
  file_.write();
  if (!file_.error().empty()) throw InputError(file_.error());

  attached_ = true;
  for (std::uint32_t slot = 0; slot < channels_.size(); ++slot)
    channels_[slot]->attach(*this, slot);
}

VcdWriter::~VcdWriter() {
  finish();
}

void VcdWriter::close() {
  finish();
  if (!file_.error().empty()) throw InputError(file_.error());
}

void VcdWriter::bits_changed(const Channel& channel, std::uint64_t at_ps, std::uint64_t bits) {
  push({at_ps, bits, channel.slot()});
}

void VcdWriter::text_changed(const Channel& channel, std::uint64_t at_ps, std::string_view text) {
  push({at_ps, intern(text), channel.slot()});
}

void VcdWriter::push(const Change& change) {
  queue_.push(change);
  if (queue_.size() < drain_at_) return;
  const std::uint64_t now = kernel_ps();
  drain(now - std::min(now, keep_last_ps_));
  drain_at_ = std::max(kDrainAt, 2 * queue_.size());
  if (file_.error().empty()) return;
  detach_all();
  sc_core::sc_stop();  // close() says why
}

void VcdWriter::drain(std::uint64_t limit_ps) {
  queue_.drain(limit_ps, [this](std::span<const Change> changes) { apply(changes); });
}

void VcdWriter::apply(std::span<const Change> changes_of_one_time) {
  const std::uint64_t time_ps = changes_of_one_time.front().at_ps;
  for (; !edges_.empty() && edges_.back() < time_ps; edges_.pop_back())
    follow_window(edges_.back());
  for (const Change& change : changes_of_one_time)
    variables_[change.slot].latest = {change.bits, true};
  follow_window(time_ps);
  if (!showing_) return;
  for (const Change& change : changes_of_one_time) {
    Variable& variable = variables_[change.slot];
    write_value(time_ps, variable, variable.latest);
  }
}

void VcdWriter::set_window(const Window& window) {
  condition_ = find_condition(window, channels_);
  if (condition_ && condition_->kind == Kind::kText) condition_->bits = intern(window.value);
  if (window.to_ps < window.from_ps) throw InputError("wave window: it ends before it starts");
  keep_last_ps_ = window.last_ps;
  start_ps_ = std::max(window.from_ps, kernel_ps());
  to_ps_ = window.to_ps;
  open_from(keep_last_ps_ == 0 ? start_ps_ : kForever);
}

void VcdWriter::open_from(std::uint64_t time_ps) {
  from_ps_ = time_ps;
  edges_.clear();
  if (to_ps_ != kForever) edges_.push_back(to_ps_ + 1);
  if (from_ps_ <= to_ps_) edges_.push_back(from_ps_);
}

bool VcdWriter::in_window(std::uint64_t time_ps) const {
  if (time_ps < from_ps_ || time_ps > to_ps_) return false;
  if (!condition_) return true;
  const Value& value = variables_[condition_->slot].latest;
  return value.known && value.bits == condition_->bits;
}

void VcdWriter::follow_window(std::uint64_t time_ps) {
  const bool inside = in_window(time_ps);
  if (inside == showing_) return;
  showing_ = inside;
  opened_ = true;
  if (inside && !started_) return write_dumpvars(time_ps);
  for (Variable& variable : variables_)
    write_value(time_ps, variable, inside ? variable.latest : Value{});
}

void VcdWriter::write_dumpvars(std::uint64_t time_ps) {
  started_ = true;
  first_ps_ = time_ps;
  time_ps_ = time_ps;
  append_time(file_.buffer(), time_ps);
  file_.buffer() += "$dumpvars\n";
  for (Variable& variable : variables_) {
    if (showing_) variable.written = variable.latest;
    append(variable, variable.written);
  }
  file_.buffer() += "$end\n";
}

void VcdWriter::write_value(std::uint64_t time_ps, Variable& variable, const Value& value) {
  if (variable.written == value) return;
  move_to(time_ps);
  append(variable, value);
  variable.written = value;
  file_.write_if_large();
}

void VcdWriter::append(const Variable& variable, const Value& value) {
  std::string& out = file_.buffer();
  const Kind kind = variable.channel->value_kind();
  if (!value.known) return append_unknown(out, kind, variable.identifier);
  switch (kind) {
    case Kind::kBit:
      return append_bit(out, value.bits, variable.identifier);
    case Kind::kVector:
      return append_vector(out, value.bits, variable.identifier);
    case Kind::kReal:
      return append_real(out, Channel::decode_real(value.bits), variable.identifier);
    case Kind::kText:
      return append_text(out, texts_[value.bits], variable.identifier);
    case Kind::kEnumeration:
      if (value.bits < variable.names.size())
        return append_text(out, variable.names[value.bits], variable.identifier);
      return append_text(out, std::to_string(value.bits), variable.identifier);
  }
}

void VcdWriter::move_to(std::uint64_t time_ps) {
  if (time_ps == time_ps_) return;
  time_ps_ = time_ps;
  append_time(file_.buffer(), time_ps);
}

std::uint64_t VcdWriter::intern(std::string_view text) {
  const auto [entry, added] = text_index_.try_emplace(std::string(text), texts_.size());
  if (added) texts_.push_back(vcd_escape(text));
  return entry->second;
}

void VcdWriter::finish() {
  if (!attached_) return;
  detach_all();
  const std::uint64_t end = kernel_ps();
  if (keep_last_ps_ != 0) open_from(std::max(start_ps_, end - std::min(end, keep_last_ps_)));
  drain(end + 1);
  for (; !edges_.empty() && edges_.back() <= end; edges_.pop_back())
    follow_window(edges_.back());
  if (!started_) write_dumpvars(end);
  if (showing_) move_to(end);
  file_.close();
}

void VcdWriter::detach_all() {
  for (Channel* channel : channels_)
    channel->detach();
  attached_ = false;
}

}  // namespace cairn::kit::trace
