// Reads ELF with every offset checked against the file.
#include "platform/loader/elf_file.hpp"

#include <elf.h>
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>

#include "models/kit/input_error.hpp"
#include "platform/data/file_bytes.hpp"

namespace cairn::platform {

namespace {

class Reader {
 public:
  Reader(const std::string& path, std::span<const std::uint8_t> bytes)
      : path_(path), bytes_(bytes) {}

  [[noreturn]] void fail(std::string_view reason) const {
    throw InputError(fmt::format("{}: {}.", path_, reason));
  }

  std::span<const std::uint8_t> range(std::uint64_t offset, std::uint64_t size,
                                      std::string_view what) const {
    if (offset > bytes_.size() || size > bytes_.size() - offset)
      fail(fmt::format("{} lies outside the file: {} bytes at offset {}, but the file has {}", what,
                       size, offset, bytes_.size()));
    return bytes_.subspan(offset, size);
  }

  template <typename T>
  T at(std::uint64_t offset, std::string_view what) const {
    T out{};
    std::memcpy(&out, range(offset, sizeof(T), what).data(), sizeof(T));
    return out;
  }

  /// Entries of `stride` bytes, of which T is the beginning.
  template <typename T>
  std::vector<T> table(std::uint64_t offset, std::uint64_t count, std::uint64_t stride,
                       std::string_view what) const {
    if (count == 0) return {};
    if (stride < sizeof(T))
      fail(fmt::format("the entries of {} have {} bytes, not {}", what, stride, sizeof(T)));
    const auto raw = range(offset, count * stride, what);
    std::vector<T> out(count);
    for (std::size_t i = 0; i < count; ++i)
      std::memcpy(&out[i], raw.data() + i * stride, sizeof(T));
    return out;
  }

 private:
  const std::string& path_;
  std::span<const std::uint8_t> bytes_;
};

Elf32_Ehdr read_header(const Reader& file, std::span<const std::uint8_t> bytes) {
  if (bytes.size() < SELFMAG || std::memcmp(bytes.data(), ELFMAG, SELFMAG) != 0)
    file.fail("is not an ELF file");
  const auto header = file.at<Elf32_Ehdr>(0, "the ELF header");
  if (header.e_ident[EI_CLASS] != ELFCLASS32 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
      header.e_machine != EM_RISCV)
    file.fail("is not a 32-bit little-endian RISC-V program");
  if (header.e_type != ET_EXEC)
    file.fail("is not a linked executable (type EXEC); link it at fixed addresses");
  return header;
}

std::vector<Segment> read_segments(const Reader& file, const Elf32_Ehdr& header) {
  std::vector<Segment> out;
  for (const auto& p : file.table<Elf32_Phdr>(header.e_phoff, header.e_phnum, header.e_phentsize,
                                              "the program header table")) {
    if (p.p_type != PT_LOAD || p.p_memsz == 0) continue;
    if (p.p_filesz > p.p_memsz) file.fail("a segment has more bytes in the file than in memory");
    if (std::uint64_t{p.p_paddr} + p.p_memsz > std::uint64_t{1} << 32)
      file.fail(fmt::format("the segment at {:#010x} leaves the 32-bit address space", p.p_paddr));
    const auto bytes =
        file.range(p.p_offset, p.p_filesz, fmt::format("the segment at {:#010x}", p.p_paddr));
    out.push_back({p.p_paddr, p.p_memsz, {bytes.begin(), bytes.end()}});
  }
  if (out.empty()) file.fail("has no segment to load");
  return out;
}

std::string name_at(std::span<const std::uint8_t> strings, std::uint32_t offset) {
  if (offset >= strings.size()) return {};
  const auto* text = reinterpret_cast<const char*>(strings.data()) + offset;
  return {text, ::strnlen(text, strings.size() - offset)};
}

/// Functions, and labels of assembler code (no type) that look like functions.
void read_symbols(const Reader& file, const Elf32_Ehdr& header, std::vector<Symbol>& out,
                  std::vector<Label>& labels) {
  const auto sections = file.table<Elf32_Shdr>(header.e_shoff, header.e_shnum, header.e_shentsize,
                                               "the section header table");
  for (const Elf32_Shdr& s : sections) {
    if (s.sh_type != SHT_SYMTAB) continue;
    if (s.sh_entsize == 0 || s.sh_link >= sections.size()) file.fail("the symbol table is damaged");
    const Elf32_Shdr& names = sections[s.sh_link];
    const auto strings = file.range(names.sh_offset, names.sh_size, "the symbol names");
    for (const auto& symbol : file.table<Elf32_Sym>(s.sh_offset, s.sh_size / s.sh_entsize,
                                                    s.sh_entsize, "the symbol table")) {
      const unsigned type = ELF32_ST_TYPE(symbol.st_info);
      const Elf32_Shdr* const section =
          symbol.st_shndx < sections.size() ? &sections[symbol.st_shndx] : nullptr;
      const bool is_code = section != nullptr && (section->sh_flags & SHF_EXECINSTR) != 0 &&
                           symbol.st_value - section->sh_addr < section->sh_size;
      std::string name = name_at(strings, symbol.st_name);
      const bool is_label =
          type == STT_NOTYPE && is_code && !name.empty() && name[0] != '.' && name[0] != '$';
      if (type == STT_FUNC || is_label)
        out.push_back({symbol.st_value, symbol.st_size, std::move(name),
                       is_code ? section->sh_addr + section->sh_size - 1 : UINT32_MAX});
      else if ((type == STT_OBJECT || type == STT_NOTYPE) && symbol.st_shndx != SHN_UNDEF &&
               !name.empty())
        labels.push_back({std::move(name), symbol.st_value, symbol.st_size});
    }
  }
}

}  // namespace

ElfFile parse_elf(const std::string& path, std::span<const std::uint8_t> bytes) {
  const Reader file(path, bytes);
  const Elf32_Ehdr header = read_header(file, bytes);
  std::vector<Symbol> functions;
  ElfFile out{path, header.e_entry, read_segments(file, header), {}, {}, 0};
  out.crc32 = static_cast<std::uint32_t>(::crc32(0, bytes.data(), static_cast<uInt>(bytes.size())));
  read_symbols(file, header, functions, out.labels);
  out.symbols = SymbolTable(std::move(functions));
  const bool entry_is_loaded = std::ranges::any_of(out.segments, [&](const Segment& s) {
    return out.entry >= s.address && out.entry < s.end();
  });
  if (!entry_is_loaded)
    file.fail(fmt::format("its entry {:#010x} lies in none of its segments", out.entry));
  return out;
}

const Label* ElfFile::find_label(std::string_view name) const {
  const auto found = std::ranges::find(labels, name, &Label::name);
  return found == labels.end() ? nullptr : &*found;
}

ElfFile read_elf(const std::filesystem::path& path) {
  return parse_elf(path.string(), read_file(path));
}

}  // namespace cairn::platform
