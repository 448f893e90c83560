// The register descriptions that models and firmware are generated from, as data.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace cairn::platform {

struct FieldDescription {
  std::string name, access, doc;
  unsigned high = 31, low = 0;
  std::uint32_t reset = 0;
  std::map<std::uint32_t, std::string> values{};  ///< names of some of its values

  std::uint32_t of(std::uint32_t word) const {
    const unsigned width = high - low + 1;
    return (word >> low) & (width == 32 ? ~0u : (1u << width) - 1);
  }
};

struct RegisterDescription {
  std::string name, doc;
  std::uint32_t offset = 0;
  std::uint32_t count = 0;  ///< 0: no array
  std::uint32_t stride = 4;
  std::string access;                    ///< of a register without fields
  std::uint32_t reset = 0;               ///< of a register without fields
  std::vector<FieldDescription> fields{};  ///< none: the whole register is one value
};

struct BlockDescription {
  std::string name, doc;
  unsigned register_bytes = 4;
  std::vector<RegisterDescription> registers{};
};

/// Every block with registers, by name. Throws InputError if the descriptions are not where the
/// program was built.
std::map<std::string, BlockDescription> read_register_descriptions();

}  // namespace cairn::platform
