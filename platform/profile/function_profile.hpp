// The --profile option: what each function cost, and who called it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "models/cpu/hart_observer.hpp"
#include "platform/loader/symbol_table.hpp"
#include "platform/profile/call_stack.hpp"

namespace cairn::platform {

/// Follows calls, returns, tail calls, traps and switches between stacks. Every cycle is some
/// instruction's own, or sleep: the costs of all instructions and of `(sleeping)` add up to the
/// hart's cycles and retired instructions exactly.
///
/// A trap handler is a root of its own: what it costs is in none of the functions that it
/// interrupts. The way into the handler of an interrupt costs that handler's first instruction; an
/// instruction that traps costs its cycles, and is no retired instruction. A task that has been
/// switched away stands still.
class FunctionProfile final : public hart::HartObserver {
 public:
  struct Function {
    std::string name;
    std::uint32_t first = 0, last = 0;  ///< addresses, inclusive
    Cost self{};
    Cost inclusive{};  ///< with what it called; once where it called itself
    std::uint64_t calls = 0;
  };
  struct Calls {
    std::uint64_t count = 0;
    Cost inclusive;
  };
  /// Address of the call, and which function was called.
  using Arc = std::pair<std::uint32_t, std::uint32_t>;

  explicit FunctionProfile(const SymbolTable& symbols);

  bool hears_each() const override { return true; }
  void executed(const hart::Executed& step, const hart::Hart& hart) override;

  /// The hart has come to `cycle`. Closes what is open; then everything below can be read.
  void finish(std::uint64_t cycle);

  Cost total() const { return total_; }
  /// First `(sleeping)` and `(unknown)`, which is code outside every known function; then by
  /// address.
  const std::vector<Function>& functions() const { return functions_; }
  static constexpr std::uint32_t kSleeping = 0, kUnknown = 1;
  std::uint32_t function_at(std::uint32_t address) const;
  /// Own cost by address, without sleep.
  const std::map<std::uint32_t, Cost>& costs() const { return costs_; }
  const std::map<Arc, Calls>& calls() const { return calls_; }

 private:
  void charge(std::uint32_t pc, const Cost& cost);
  void sleep(std::uint64_t cycles);
  void follow(const hart::Executed& step, const hart::Hart& hart);

  void start(std::uint32_t target, std::uint32_t sp);  ///< a stack's first function
  void call(std::uint32_t target, const hart::Executed& step, std::uint32_t sp);
  void come_back(std::uint32_t target, const hart::Executed& step, std::uint32_t sp);
  void jump(std::uint32_t target, std::uint32_t from);
  void enter_trap(std::uint32_t handler, std::uint32_t sp);
  void leave_trap(std::uint32_t target, const hart::Executed& step, std::uint32_t sp);

  void push(const CallFrame& frame);
  void leave_down_to(CallStack& stack, std::size_t size);
  void put_aside(std::uint32_t sp);
  void note_function();

  std::vector<Function> functions_;
  Cost total_;
  std::uint64_t cycle_ = 0;  ///< where the last step ended
  std::uint32_t last_pc_ = 0;
  CallStack stack_;                     ///< the one that runs
  std::vector<CallStack> waiting_;      ///< interrupted, or switched away; the last one last
  std::uint32_t first_ = 1, last_ = 0;  ///< addresses of the function that runs

  using Page = std::vector<Cost>;
  std::unordered_map<std::uint32_t, Page> pages_;  ///< own cost by halfword
  Page* page_ = nullptr;
  std::uint32_t page_base_ = 1;

  std::map<std::uint32_t, Cost> costs_;
  std::map<Arc, Calls> calls_;
};

}  // namespace cairn::platform
