#include "platform/run/signature.hpp"

#include <fmt/format.h>

#include <string>

#include "models/kit/input_error.hpp"
#include "platform/data/file_bytes.hpp"

namespace cairn::platform {

namespace {

std::uint32_t address_of(const ElfFile& program, const char* name) {
  const Label* const label = program.find_label(name);
  if (label == nullptr)
    throw InputError(fmt::format("{}: has no symbol {}, so there is no --signature to write.",
                                 program.path, name));
  return label->address;
}

}  // namespace

Signature::Signature(const ElfFile& program, const std::vector<AddressRange>& map)
    : begin_(address_of(program, "begin_signature")), end_(address_of(program, "end_signature")) {
  if (end_ < begin_)
    throw InputError(
        fmt::format("{}: end_signature ({:#010x}) lies before begin_signature ({:#010x}).",
                    program.path, end_, begin_));
  if (end_ != begin_ && memory_with(map, begin_, end_ - begin_) == nullptr)
    throw InputError(
        fmt::format("{}: the signature from {:#010x} to {:#010x} lies in no memory of the machine.",
                    program.path, begin_, end_));
}

void Signature::write(const std::filesystem::path& file, std::uint32_t granularity,
                      const Machine& machine) const {
  std::vector<std::uint8_t> bytes(end_ - begin_);
  if (!bytes.empty() && !machine.peek(begin_, bytes))
    throw InputError(fmt::format("{}: the signature's memory cannot be read.", file.string()));
  bytes.resize((bytes.size() + granularity - 1) / granularity * granularity);
  std::string text;
  for (std::size_t line = 0; line < bytes.size(); line += granularity) {
    for (std::size_t i = granularity; i-- > 0;)
      text += fmt::format("{:02x}", bytes[line + i]);
    text += '\n';
  }
  write_file(file, text);
}

}  // namespace cairn::platform
