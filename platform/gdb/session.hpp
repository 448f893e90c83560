// The remote serial protocol with one debugger: from a packet to its answer.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "platform/gdb/packet.hpp"
#include "platform/gdb/target.hpp"

namespace cairn::platform::gdb {

/// What a packet asks for, beyond its answer.
enum class Request { kNothing, kResume, kDetach, kKill };

struct Answer {
  /// Nothing: the answer comes with the next stop. Empty: not understood.
  std::optional<std::string> text = "";
  Request request = Request::kNothing;
};

/// From the attachment of a debugger to its detachment.
class Session {
 public:
  /// `monitor(command)` prints what a monitor command says, nothing for an unknown one.
  using Monitor = std::function<std::string(std::string_view command)>;

  Session(Target& target, Monitor monitor) : target_(target), monitor_(std::move(monitor)) {}

  /// Call while the target is held. What it may resume, it resumes itself.
  Answer answer(std::string_view packet);
  /// Why the target is held: the answer that a resumed debugger waits for. Nothing if it only made
  /// one step of a range and was released again.
  std::optional<std::string> stop_reply();
  /// Other than the target says, until it is resumed: where a simulation ends, for example.
  void set_signal(Signal signal) { signal_ = signal; }

  bool sends_acks() const { return sends_acks_; }

 private:
  Answer query(std::string_view packet);
  Answer transfer_features(std::string_view arguments) const;
  Answer run_command(std::string_view hex);
  Answer verbose(std::string_view packet);
  Answer resume(std::string_view action);
  Answer resume_at(std::string_view address, bool step);
  std::string read_registers() const;
  std::string write_registers(std::string_view hex);
  std::string read_register(std::string_view number) const;
  std::string write_register(std::string_view assignment);
  std::string read_memory(std::string_view range) const;
  std::string write_memory(std::string_view text, bool binary);
  std::string set_point(std::string_view point, bool on);
  std::string describe_stop() const;

  struct Range {
    std::uint32_t first = 0, end = 0;
    bool contains(std::uint32_t pc) const { return pc >= first && pc < end; }
  };

  Target& target_;
  Monitor monitor_;
  std::optional<Signal> signal_;
  std::optional<Range> stepping_;  // vCont;r: steps until pc leaves it
  bool sends_acks_ = true;
  bool knows_breaks_ = false;  // swbreak and hwbreak in stop replies
};

}  // namespace cairn::platform::gdb
