// Function names by address.
#include "platform/loader/symbol_table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cairn::platform {

SymbolTable::SymbolTable(std::vector<Symbol> functions) : functions_(std::move(functions)) {
  // Of several names for one address the longest function wins: aliases of size zero are labels.
  std::ranges::stable_sort(functions_, [](const Symbol& a, const Symbol& b) {
    return a.address != b.address ? a.address < b.address : a.bytes > b.bytes;
  });
  const auto is_same = [](const Symbol& a, const Symbol& b) { return a.address == b.address; };
  functions_.erase(std::unique(functions_.begin(), functions_.end(), is_same), functions_.end());
}

const Symbol* SymbolTable::find(std::uint32_t address) const {
  const auto after = std::ranges::upper_bound(functions_, address, {}, &Symbol::address);
  if (after == functions_.begin()) return nullptr;
  const Symbol& candidate = *std::prev(after);
  if (candidate.bytes != 0 && address - candidate.address >= candidate.bytes) return nullptr;
  if (address > candidate.last_code) return nullptr;
  return &candidate;
}

std::string_view SymbolTable::function_at(std::uint32_t address) const {
  const Symbol* symbol = find(address);
  return symbol == nullptr ? std::string_view() : symbol->name;
}

std::string SymbolTable::describe(std::uint32_t address) const {
  const Symbol* symbol = find(address);
  if (symbol == nullptr) return fmt::format("{:#010x}", address);
  return fmt::format("{}+{:#x}", symbol->name, address - symbol->address);
}

}  // namespace cairn::platform
