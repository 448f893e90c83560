#include "tests/cpu/shrink.hpp"

#include <algorithm>
#include <utility>

namespace cairn::test {
namespace {

using Kind = Statement::Kind;

constexpr std::size_t kAtOnce = 64;

/// Finds every program that is one step smaller.
class Steps {
 public:
  explicit Steps(const Program& program) : program_(program) { visit(program_); }
  std::vector<Program> take() { return std::move(found_); }

 private:
  void found() { found_.push_back(program_); }

  void visit(Program& list) {
    for (std::size_t bytes = list.size() / 2; bytes > 1; bytes /= 2)
      for (std::size_t at = 0; at + bytes <= list.size(); at += bytes)
        without(list, at, bytes);
    for (std::size_t i = 0; i < list.size(); ++i)
      without(list, i, 1);
    for (std::size_t i = 0; i < list.size(); ++i) {
      replaced_by_body(list, i);
      lowered(list[i]);
      shortened(list[i]);
      visit(list[i].body);
    }
  }

  void without(Program& list, std::size_t at, std::size_t count) {
    const Program before = list;
    const auto first = list.begin() + static_cast<std::ptrdiff_t>(at);
    list.erase(first, first + static_cast<std::ptrdiff_t>(count));
    found();
    list = before;
  }

  void replaced_by_body(Program& list, std::size_t at) {
    if (list[at].body.empty()) return;
    const Program before = list;
    const Program body = list[at].body;
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(at));
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(at), body.begin(), body.end());
    found();
    list = before;
  }

  void lowered(Statement& s) {
    const std::uint32_t before = s.count;
    for (const std::uint32_t count : {before / 2, before - 1})
      if (before > 1 && count != 0) {
        s.count = count;
        found();
      }
    s.count = before;
  }

  void shortened(Statement& s) {
    if (s.kind != Kind::kCode || s.whole || s.code.size() < 2) return;
    const std::vector<std::uint32_t> before = s.code;
    for (std::size_t i = 0; i < before.size(); ++i) {
      s.code.erase(s.code.begin() + static_cast<std::ptrdiff_t>(i));
      found();
      s.code = before;
    }
  }

  Program program_;
  std::vector<Program> found_;
};

}  // namespace

Candidate shrink(Candidate failing, const Judge& judge) {
  for (bool smaller = true; std::exchange(smaller, false);) {
    const std::vector<Program> steps = Steps(failing.program).take();
    for (std::size_t at = 0; at < steps.size() && !smaller; at += kAtOnce) {
      std::vector<Candidate> candidates;
      const std::size_t end = std::min(steps.size(), at + kAtOnce);
      for (std::size_t i = at; i < end; ++i)
        candidates.push_back({steps[i], failing.seed});
      if (const std::optional<std::size_t> found = judge(candidates)) {
        failing = candidates[*found];
        smaller = true;
      }
    }
  }
  return failing;
}

}  // namespace cairn::test
