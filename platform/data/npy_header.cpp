// The header of a .npy file: magic, version, length, then {'descr': '<f4', 'fortran_order': False,
// 'shape': (2, 3), }.
#include "platform/data/npy_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <string_view>

#include "models/kit/input_error.hpp"

namespace cairn::platform {

namespace {

/// Walks over the dictionary literal; every step fails with the same clear sentence.
class HeaderText {
 public:
  HeaderText(const std::string& path, std::string_view text) : path_(path), rest_(text) {}

  [[noreturn]] void fail(std::string_view reason) const {
    throw InputError(fmt::format("{}: the .npy header is damaged: {}.", path_, reason));
  }

  bool accept(char c) {
    skip_space();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char c) {
    if (!accept(c)) fail(fmt::format("'{}' expected", c));
  }

  std::string quoted() {
    skip_space();
    const char quote = rest_.empty() ? '\0' : rest_[0];
    if (quote != '\'' && quote != '"') fail("a quoted text expected");
    const std::size_t end = rest_.find(quote, 1);
    if (end == std::string_view::npos) fail("a quoted text does not end");
    std::string text(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return text;
  }

  bool boolean() {
    skip_space();
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (!rest_.starts_with(word)) continue;
      rest_.remove_prefix(word.size());
      return value;
    }
    fail("True or False expected");
  }

  std::vector<std::uint64_t> shape() {
    std::vector<std::uint64_t> out;
    expect('(');
    while (!accept(')')) {
      out.push_back(number());
      if (out.size() > 8) fail("more than 8 dimensions");
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return out;
  }

 private:
  void skip_space() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \n\t"), rest_.size()));
  }

  std::uint64_t number() {
    skip_space();
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc{}) fail("a dimension expected");
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

  const std::string& path_;
  std::string_view rest_;
};

void set_type(const std::string& path, const std::string& descr, NpyHeader& header) {
  static const std::map<std::string, Element, std::less<>> kTypes = {
      {"u1", Element::kU8},  {"b1", Element::kU8},  {"i1", Element::kI8},  {"u2", Element::kU16},
      {"i2", Element::kI16}, {"u4", Element::kU32}, {"i4", Element::kI32}, {"i8", Element::kI64},
      {"f4", Element::kF32}, {"f8", Element::kF64}};
  const auto type = kTypes.find(descr.empty() ? "" : descr.substr(1));
  if (type == kTypes.end() || std::string_view("<>|=").find(descr[0]) == std::string_view::npos)
    throw InputError(
        fmt::format("{}: numbers of type '{}' are not supported (8- to 64-bit integers, float32 "
                    "and float64 are).",
                    path, descr));
  header.element = type->second;
  header.order = descr[0] == '>' ? std::endian::big : std::endian::little;
}

}  // namespace

NpyHeader parse_npy_header(const std::string& path, std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kMagic = "\x93NUMPY";
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!text.starts_with(kMagic)) throw InputError(fmt::format("{}: is not a .npy file.", path));
  if (bytes.size() < 12) throw InputError(fmt::format("{}: ends within the .npy header.", path));
  const unsigned version = bytes[6];
  if (version < 1 || version > 3)
    throw InputError(
        fmt::format("{}: .npy version {} is unknown (1 to 3 are supported).", path, version));

  std::size_t length = bytes[8] | bytes[9] << 8;
  if (version > 1)
    length |= static_cast<std::size_t>(bytes[10]) << 16 | static_cast<std::size_t>(bytes[11]) << 24;
  NpyHeader header;
  const std::size_t start = version == 1 ? 10 : 12;
  if (length > bytes.size() - start)
    throw InputError(fmt::format("{}: ends within the .npy header.", path));
  header.data_offset = start + length;

  HeaderText rest(path, text.substr(start, length));
  unsigned seen = 0;
  rest.expect('{');
  while (!rest.accept('}')) {
    const std::string key = rest.quoted();
    rest.expect(':');
    if (key == "descr") {
      set_type(path, rest.quoted(), header);
      seen |= 1;
    } else if (key == "fortran_order") {
      header.is_fortran = rest.boolean();
      seen |= 2;
    } else if (key == "shape") {
      header.shape = rest.shape();
      seen |= 4;
    } else {
      rest.fail(fmt::format("unknown key '{}'", key.substr(0, 40)));
    }
    if (!rest.accept(',')) {
      rest.expect('}');
      break;
    }
  }
  if (seen != 7) rest.fail("descr, fortran_order or shape is missing");
  return header;
}

}  // namespace cairn::platform
