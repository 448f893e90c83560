#include "platform/profile/callgrind_file.hpp"

#include <fmt/format.h>

#include <iterator>
#include <unordered_map>

namespace cairn::platform {

namespace {

/// Where the source of an address is not known, callgrind's own word for that.
constexpr const char* kNoFile = "???";

/// Writes long names once, as "(3) name" and then "(3)".
class Names {
 public:
  std::string of(const std::string& name) {
    const auto [entry, is_new] = numbers_.emplace(name, numbers_.size() + 1);
    return is_new ? fmt::format("({}) {}", entry->second, name)
                  : fmt::format("({})", entry->second);
  }

 private:
  std::unordered_map<std::string, std::size_t> numbers_;
};

class Writer {
 public:
  Writer(const FunctionProfile& profile, const DebugInfo& debug)
      : profile_(profile), debug_(debug) {}

  std::string text(const std::string& program) {
    const Cost total = profile_.total();
    print("# callgrind format\nversion: 1\ncreator: cairn\ncmd: {}\n", program);
    print("positions: instr line\nevents: Cycles Instructions\n");
    print("summary: {} {}\n\nob={}\n", total.cycles, total.instructions, program);
    auto call = profile_.calls().begin();
    for (const auto& [pc, cost] : profile_.costs()) {
      enter(pc);
      print_cost(pc, cost);
      for (; call != profile_.calls().end() && call->first.first <= pc; ++call)
        if (call->first.first == pc) print_call(pc, call->first.second, call->second);
    }
    print_sleep();
    print("\ntotals: {} {}\n", total.cycles, total.instructions);
    return std::move(out_);
  }

 private:
  template <typename... T>
  void print(fmt::format_string<T...> format, T&&... values) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<T>(values)...);
  }

  std::string file_of(std::uint32_t address) const {
    const auto line = debug_.line_at(address);
    return line ? line->file : kNoFile;
  }
  static int line_of(const std::optional<SourceLine>& line) { return line ? line->line : 0; }

  /// A function begins where its first instruction stands; inlined lines may be of other files.
  void enter(std::uint32_t pc) {
    const std::uint32_t function = profile_.function_at(pc);
    const std::string file = file_of(pc);
    if (function != function_) {
      const FunctionProfile::Function& f = profile_.functions()[function];
      function_ = function;
      file_ = function == FunctionProfile::kUnknown ? kNoFile : file_of(f.first);
      print("\nfl={}\nfn={}\n", files_.of(file_), functions_.of(f.name));
    }
    if (file != file_) print("fi={}\n", files_.of(file));
    file_ = file;
  }

  void print_cost(std::uint32_t pc, const Cost& cost) {
    print("{:#x} {} {} {}\n", pc, line_of(debug_.line_at(pc)), cost.cycles, cost.instructions);
  }

  void print_call(std::uint32_t pc, std::uint32_t function, const FunctionProfile::Calls& calls) {
    const FunctionProfile::Function& f = profile_.functions()[function];
    const bool has_code = function > FunctionProfile::kUnknown;
    const std::uint32_t address = has_code ? f.first : 0;
    const auto line = has_code ? debug_.line_at(address) : std::nullopt;
    print("cfi={}\ncfn={}\n", files_.of(line ? line->file : kNoFile), functions_.of(f.name));
    print("calls={} {:#x} {}\n", calls.count, address, line_of(line));
    print_cost(pc, calls.inclusive);
  }

  void print_sleep() {
    const FunctionProfile::Function& f = profile_.functions()[FunctionProfile::kSleeping];
    if (f.calls == 0) return;
    print("\nfl={}\nfn={}\n", files_.of(kNoFile), functions_.of(f.name));
    print_cost(0, f.self);
  }

  const FunctionProfile& profile_;
  const DebugInfo& debug_;
  std::string out_;
  Names files_, functions_;
  std::uint32_t function_ = FunctionProfile::kSleeping;
  std::string file_;
};

}  // namespace

std::string callgrind_text(const FunctionProfile& profile, const DebugInfo& debug,
                           const std::string& program) {
  return Writer(profile, debug).text(program);
}

}  // namespace cairn::platform
