// Register file: storage and access rules for one memory-mapped block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace cairn::kit {

/// One row of a generated register table. See tools/reggen.py.
struct RegisterSpec {
  const char* name;
  std::uint32_t offset;
  std::uint32_t reset;
  std::uint32_t readable;
  std::uint32_t writable;
  std::uint32_t write_one_clears;
};

/// Names a bit range of register `Reg`; generated, never written by hand.
template <typename Reg, unsigned Lsb, unsigned Width>
struct Field {
  using reg = Reg;
  static constexpr std::uint32_t lsb = Lsb;
  static constexpr std::uint32_t mask = (Width == 32 ? ~0u : (1u << Width) - 1) << Lsb;
};

/// How often the bus used a register: what a driver's tests have covered.
struct RegisterUse {
  const char* name;
  std::uint32_t offset;
  std::uint64_t reads;
  std::uint64_t writes;
};

/// Applies the access rules of a register table to bus reads and writes.
///
/// The bus side (bus_read, bus_write) obeys ro/wo/w1c and runs hooks. The debug side (peek, poke)
/// runs none. The model side (get, set) sees raw storage. Knows nothing of SystemC. A function that
/// names a register takes, for a register array, the element's index as its first argument.
class RegisterFile {
 public:
  template <std::size_t N>
  explicit RegisterFile(const RegisterSpec (&specs)[N]) : RegisterFile(specs, N) {}

  void reset();

  /// Name of the register that starts at `offset`, or null.
  const char* name_at(std::uint32_t offset) const;

  /// False if no register starts at `offset`; the caller reports a bus error.
  bool bus_read(std::uint32_t offset, std::uint32_t& value);
  bool bus_write(std::uint32_t offset, std::uint32_t value);
  bool peek(std::uint32_t offset, std::uint32_t& value) const;
  bool poke(std::uint32_t offset, std::uint32_t value);  ///< stores the writable bits

  template <typename F>
  std::uint32_t get() const {
    return (slot(F::reg::offset) & F::mask) >> F::lsb;
  }
  template <typename F>
  std::uint32_t get(std::uint32_t i) const {
    return (slot(F::reg::offset(i)) & F::mask) >> F::lsb;
  }

  /// All fields at once.
  template <typename Reg>
  std::uint32_t word() const {
    return slot(Reg::offset);
  }
  template <typename Reg>
  std::uint32_t word(std::uint32_t i) const {
    return slot(Reg::offset(i));
  }

  template <typename F>
  void set(std::uint32_t value) {
    put(slot(F::reg::offset), F::mask, value << F::lsb);
  }
  template <typename F>
  void set(std::uint32_t i, std::uint32_t value) {
    put(slot(F::reg::offset(i)), F::mask, value << F::lsb);
  }

  /// `hook` runs after the new value is stored.
  template <typename Reg>
  void after_write(std::function<void()> hook) {
    cell(Reg::offset).after_write = std::move(hook);
  }
  template <typename Reg>
  void after_write(std::uint32_t i, std::function<void()> hook) {
    cell(Reg::offset(i)).after_write = std::move(hook);
  }
  /// `hook` runs before a bus read takes the value; a peek sees what is stored.
  template <typename Reg>
  void before_read(std::function<void()> hook) {
    cell(Reg::offset).before_read = std::move(hook);
  }
  template <typename Reg>
  void before_read(std::uint32_t i, std::function<void()> hook) {
    cell(Reg::offset(i)).before_read = std::move(hook);
  }
  /// Reads and peeks return what `value`, which changes nothing, computes on demand.
  template <typename Reg>
  void computed(std::function<std::uint32_t()> value) {
    cell(Reg::offset).computed = std::move(value);
  }
  template <typename Reg>
  void computed(std::uint32_t i, std::function<std::uint32_t()> value) {
    cell(Reg::offset(i)).computed = std::move(value);
  }
  /// `hook` is the side effect of a bus read: it runs once the value is taken.
  template <typename Reg>
  void after_read(std::function<void()> hook) {
    cell(Reg::offset).after_read = std::move(hook);
  }
  template <typename Reg>
  void after_read(std::uint32_t i, std::function<void()> hook) {
    cell(Reg::offset(i)).after_read = std::move(hook);
  }

  /// Every register by offset.
  std::vector<RegisterUse> uses() const;

 private:
  struct Cell {
    RegisterSpec spec;
    std::uint32_t value;
    std::uint64_t reads;
    std::uint64_t writes;
    std::function<void()> after_write;
    std::function<void()> before_read;
    std::function<std::uint32_t()> computed;
    std::function<void()> after_read;
  };

  RegisterFile(const RegisterSpec* specs, std::size_t count);
  static void put(std::uint32_t& word, std::uint32_t mask, std::uint32_t bits) {
    word = (word & ~mask) | (bits & mask);
  }
  std::size_t find(std::uint32_t offset) const;  ///< index into cells_, or their number
  std::size_t index(std::uint32_t offset) const;
  Cell& cell(std::uint32_t offset) { return cells_[index(offset)]; }
  std::uint32_t& slot(std::uint32_t offset) { return cells_[index(offset)].value; }
  std::uint32_t slot(std::uint32_t offset) const { return cells_[index(offset)].value; }

  std::vector<Cell> cells_;         // sorted by offset
  std::vector<std::uint32_t> low_;  // index of the register at each low offset
};

}  // namespace cairn::kit
