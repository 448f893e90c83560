#include "platform/waves/save_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "platform/waves/row_layout.hpp"

namespace cairn::waves {
namespace {

using kit::trace::Channel;
using kit::trace::Colour;
using kit::trace::Format;
using kit::trace::Kind;

// Trace flags of GTKWave's save files, its analyzer.h.
constexpr unsigned kHexadecimal = 0x2, kDecimal = 0x4, kBinary = 0x8, kRightJustify = 0x20,
                   kBlank = 0x200, kSigned = 0x400, kAscii = 0x800, kCurve = 0x8000,
                   kStretch = 0x20000, kFullScale = 0x80000, kGroupBegin = 0x800000,
                   kGroupEnd = 0x1000000;

constexpr unsigned kWindowWidth = 1600, kWindowHeight = 1000, kNamesWidth = 330, kTreeWidth = 60;
constexpr double kWavesWidth = kWindowWidth - kNamesWidth - kTreeWidth - 90;  // pixels
constexpr int kCurveExtraRows = 3;

Format format_of(const Channel& channel) {
  if (channel.hint().format != Format::kAutomatic) return channel.hint().format;
  return channel.value_kind() == Kind::kReal ? Format::kAnalogue : Format::kHexadecimal;
}

unsigned value_flags(const Channel& channel) {
  switch (channel.value_kind()) {
    case Kind::kBit:
      return kBinary | kRightJustify;
    case Kind::kEnumeration:
    case Kind::kText:
      return kAscii | kRightJustify;
    case Kind::kVector:
    case Kind::kReal:
      break;
  }
  switch (format_of(channel)) {
    case Format::kDecimal:
      return kDecimal | kRightJustify;
    case Format::kSigned:
      return kSigned | kRightJustify;
    case Format::kAnalogue:
      return kDecimal | kRightJustify | kCurve | kFullScale;
    case Format::kAutomatic:
    case Format::kHexadecimal:
      break;
  }
  return kHexadecimal | kRightJustify;
}

/// The save file under construction; GTKWave keeps flags until they change, so does this.
class Text {
 public:
  explicit Text(std::string head) : out_(std::move(head)) {}

  void group_begin(const std::string& title) { blank(kGroupBegin, title); }
  void group_end(const std::string& title) { blank(kGroupEnd, title); }

  void row(const Row& row, Colour group_colour) {
    const Channel& channel = *row.channel;
    const Colour own = channel.hint().colour;
    flags(value_flags(channel));
    out_ += "[color] " +
            std::to_string(static_cast<int>(own == Colour::kAutomatic ? group_colour : own)) + "\n";
    out_ += "+{" + row.label + "} " + channel.name();
    if (channel.value_kind() == Kind::kVector && channel.width() > 1)
      out_ += "[" + std::to_string(channel.width() - 1) + ":0]";
    out_ += "\n";
    if ((value_flags(channel) & kCurve) != 0)
      for (int extra = 0; extra < kCurveExtraRows; ++extra)
        blank(kStretch & ~kBlank, "");
  }

  [[nodiscard]] const std::string& text() const { return out_; }

 private:
  void flags(unsigned value) {
    char line[16];
    std::snprintf(line, sizeof line, "@%x\n", value);
    out_ += line;
  }
  void blank(unsigned value, const std::string& title) {
    flags(value | (value == kStretch ? 0 : kBlank));
    out_ += "-" + title + "\n";
  }

  std::string out_;
};

/// GTKWave's zoom z shows 2^-z time units in 200 pixels.
std::string zoom_to_fit(std::uint64_t first_ps, std::uint64_t last_ps) {
  const double shown = static_cast<double>(std::max<std::uint64_t>(last_ps - first_ps, 1));
  char line[64];
  std::snprintf(line, sizeof line, "*%.6f -1\n", -std::log2(shown * 200 / kWavesWidth));
  return line;
}

}  // namespace

std::string save_file(std::span<Channel* const> channels, const std::string& dump_name,
                      std::uint64_t first_ps, std::uint64_t last_ps) {
  Text text("[dumpfile] \"" + dump_name + "\"\n[savefile] \"" + dump_name +
            ".gtkw\"\n[timestart] " + std::to_string(first_ps) + "\n[size] " +
            std::to_string(kWindowWidth) + " " + std::to_string(kWindowHeight) + "\n[pos] -1 -1\n" +
            zoom_to_fit(first_ps, last_ps) + "[sst_width] " + std::to_string(kTreeWidth) +
            "\n[signals_width] " + std::to_string(kNamesWidth) + "\n[sst_expanded] 0\n");
  for (const Group& group : layout(channels)) {
    text.group_begin(group.title);
    for (const Section& section : group.sections) {
      if (!section.title.empty()) text.group_begin(section.title);
      for (const Row& row : section.rows)
        text.row(row, group.colour);
      if (!section.title.empty()) text.group_end(section.title);
    }
    text.group_end(group.title);
  }
  return text.text();
}

}  // namespace cairn::waves
