// Function names by address.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::platform {

struct Symbol {
  std::uint32_t address = 0;
  std::uint32_t bytes = 0;  ///< 0: up to the next function, or the end of the code
  std::string name;
  std::uint32_t last_code = UINT32_MAX;  ///< address of the last byte of its section
};

/// The functions of an ELF file.
class SymbolTable {
 public:
  SymbolTable() = default;
  explicit SymbolTable(std::vector<Symbol> functions);

  /// The function that holds `address`, empty if none does.
  std::string_view function_at(std::uint32_t address) const;
  /// "main+0x14", or "0x80000014" where no function is known.
  std::string describe(std::uint32_t address) const;
  /// By rising address, no address twice.
  const std::vector<Symbol>& functions() const { return functions_; }
  bool empty() const { return functions_.empty(); }

 private:
  const Symbol* find(std::uint32_t address) const;

  std::vector<Symbol> functions_;  ///< by rising address, no address twice
};

}  // namespace cairn::platform
