// Writes the changes of trace channels into a VCD file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "models/kit/change_queue.hpp"
#include "models/kit/output_file.hpp"
#include "models/kit/trace.hpp"
#include "models/kit/trace_window.hpp"

namespace cairn::kit::trace {

/// Make it after elaboration and before sc_start; it must not outlive the channels. At one time and
/// channel only the last value counts. Two equal runs give equal files.
class VcdWriter final : public Sink {
 public:
  /// Opens the file, writes the declarations, and attaches itself to `channels`.
  /// InputError: the file cannot be written, or the window names no channel or value it can have.
  VcdWriter(const std::filesystem::path& file, std::vector<Channel*> channels,
            const Window& window = {});
  ~VcdWriter() override;

  void bits_changed(const Channel& channel, std::uint64_t at_ps, std::uint64_t bits) override;
  void text_changed(const Channel& channel, std::uint64_t at_ps, std::string_view text) override;

  /// Writes everything up to the kernel's time and detaches; what a processor did beyond it is
  /// dropped. InputError: some of the file could not be written (the simulation was stopped then).
  void close();

  /// The part of time that the file shows, known after close().
  [[nodiscard]] std::uint64_t first_ps() const { return first_ps_; }
  [[nodiscard]] std::uint64_t last_ps() const { return time_ps_; }
  /// False after close(): the window never opened, the file shows nothing.
  [[nodiscard]] bool opened() const { return opened_; }

 private:
  struct Value {
    std::uint64_t bits = 0;
    bool known = false;
    bool operator==(const Value&) const = default;
  };
  struct Variable {
    const Channel* channel;
    std::string identifier;
    std::vector<std::string> names;  // of an enumeration, escaped
    Value latest;                    // up to the time drained so far
    Value written;                   // what a reader of the file sees
  };

  void push(const Change& change);
  void drain(std::uint64_t limit_ps);
  void apply(std::span<const Change> changes_of_one_time);
  void follow_window(std::uint64_t time_ps);
  void write_dumpvars(std::uint64_t time_ps);
  void write_value(std::uint64_t time_ps, Variable& variable, const Value& value);
  void append(const Variable& variable, const Value& value);
  void move_to(std::uint64_t time_ps);
  void set_window(const Window& window);
  void open_from(std::uint64_t time_ps);
  [[nodiscard]] bool in_window(std::uint64_t time_ps) const;
  std::uint64_t intern(std::string_view text);
  void finish();
  void detach_all();

  std::vector<Channel*> channels_;
  std::vector<Variable> variables_;
  std::vector<std::string> texts_;  // escaped, by index
  std::unordered_map<std::string, std::uint64_t> text_index_;
  std::optional<Condition> condition_;
  std::uint64_t start_ps_ = 0, from_ps_ = 0, to_ps_ = 0, keep_last_ps_ = 0;
  std::vector<std::uint64_t> edges_;  // when the window opens and shuts, earliest last

  OutputFile file_;
  ChangeQueue queue_;
  std::size_t drain_at_ = kDrainAt;
  std::uint64_t first_ps_ = 0, time_ps_ = 0;  // of the file
  bool started_ = false;                      // the file has its first values
  bool showing_ = false;
  bool opened_ = false;
  bool attached_ = false;

  static constexpr std::size_t kDrainAt = 1 << 15;
};

}  // namespace cairn::kit::trace
