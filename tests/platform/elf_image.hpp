// Small RISC-V executables, made byte by byte.
#pragma once

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace cairn::test {

struct ElfSegment {
  std::uint32_t address = 0;
  std::string bytes;
  std::uint32_t memory_bytes = 0;
};

struct ElfFunction {
  std::string name;
  std::uint32_t address = 0, bytes = 0;
};

/// Header, program headers, contents, then a symbol table with its names.
inline std::vector<std::uint8_t> elf_image(std::uint32_t entry,
                                           const std::vector<ElfSegment>& segments,
                                           const std::vector<ElfFunction>& functions = {}) {
  std::vector<std::uint8_t> out(sizeof(Elf32_Ehdr) + segments.size() * sizeof(Elf32_Phdr));
  const auto append = [&out](const void* data, std::size_t bytes) {
    const auto* first = static_cast<const std::uint8_t*>(data);
    const std::size_t at = out.size();
    out.insert(out.end(), first, first + bytes);
    return static_cast<std::uint32_t>(at);
  };
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const ElfSegment& s = segments[i];
    const auto bytes = static_cast<std::uint32_t>(s.bytes.size());
    Elf32_Phdr p{PT_LOAD,     append(s.bytes.data(), bytes),
                 s.address,   s.address,
                 bytes,       s.memory_bytes,
                 PF_R | PF_X, 4};
    std::memcpy(out.data() + sizeof(Elf32_Ehdr) + i * sizeof p, &p, sizeof p);
  }

  std::string names(1, '\0');
  std::vector<Elf32_Sym> symbols(1);
  for (const ElfFunction& f : functions) {
    symbols.push_back({static_cast<std::uint32_t>(names.size()), f.address, f.bytes,
                       ELF32_ST_INFO(STB_GLOBAL, STT_FUNC), 0, 1});
    names += f.name + '\0';
  }
  Elf32_Shdr sections[3] = {};
  sections[1] = {.sh_name = 0,
                 .sh_type = SHT_SYMTAB,
                 .sh_flags = 0,
                 .sh_addr = 0,
                 .sh_offset = append(symbols.data(), symbols.size() * sizeof(Elf32_Sym)),
                 .sh_size = static_cast<std::uint32_t>(symbols.size() * sizeof(Elf32_Sym)),
                 .sh_link = 2,
                 .sh_info = 0,
                 .sh_addralign = 4,
                 .sh_entsize = sizeof(Elf32_Sym)};
  sections[2] = {.sh_name = 0,
                 .sh_type = SHT_STRTAB,
                 .sh_flags = 0,
                 .sh_addr = 0,
                 .sh_offset = append(names.data(), names.size()),
                 .sh_size = static_cast<std::uint32_t>(names.size()),
                 .sh_link = 0,
                 .sh_info = 0,
                 .sh_addralign = 1,
                 .sh_entsize = 0};

  Elf32_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS32;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_type = ET_EXEC;
  header.e_machine = EM_RISCV;
  header.e_entry = entry;
  header.e_phoff = sizeof header;
  header.e_phentsize = sizeof(Elf32_Phdr);
  header.e_phnum = static_cast<std::uint16_t>(segments.size());
  header.e_shoff = append(sections, sizeof sections);
  header.e_shentsize = sizeof(Elf32_Shdr);
  header.e_shnum = 3;
  std::memcpy(out.data(), &header, sizeof header);
  return out;
}

}  // namespace cairn::test
