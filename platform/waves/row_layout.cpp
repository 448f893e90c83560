#include "platform/waves/row_layout.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace cairn::waves {
namespace {

using kit::trace::Channel;
using kit::trace::Colour;
using kit::trace::Kind;

struct GroupRule {
  std::string_view title;
  Colour colour;
  std::string_view words;  // blocks that belong here, without their number
};

// Blue and indigo are too dark to read on GTKWave's black.
constexpr std::array kGroups{
    GroupRule{"Host", Colour::kGreen, " cpu hart host "},
    GroupRule{"Bus", Colour::kOrange, " bus "},
    GroupRule{"DMA", Colour::kViolet, " dma "},
    GroupRule{"NPU", Colour::kYellow, " npu "},
    GroupRule{"Memories", Colour::kGreen, " dram flash features weights sram memory "},
    GroupRule{"Interrupts", Colour::kRed, " clint plic irq "},
    GroupRule{"Power", Colour::kOrange, " power "},
    GroupRule{"Devices", Colour::kAutomatic, ""},
};
constexpr std::size_t kMemories = 4, kInterrupts = 5, kDevices = 7;

/// What a reader looks for first; other rows follow as constructed, curves come last.
constexpr std::array<std::string_view, 9> kFirstRows{
    "function", "pc", "state", "layer", "command", "address", "target", "bytes", "status"};

std::vector<std::string> parts_of(std::string_view name) {
  std::vector<std::string> parts{""};
  for (const char c : name) {
    if (c == '.')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

/// Parts from..to, joined by spaces: of a label with dots GTKWave shows only the last part.
std::string joined(const std::vector<std::string>& parts, std::size_t from, std::size_t to) {
  std::string name;
  for (std::size_t i = from; i < to; ++i)
    name += (i == from ? "" : " ") + parts[i];
  return name;
}

bool names_member_of(std::size_t group, std::string word) {
  while (!word.empty() && std::isdigit(static_cast<unsigned char>(word.back())))
    word.pop_back();
  return !word.empty() && kGroups[group].words.find(" " + word + " ") != std::string_view::npos;
}

bool is_interrupt(const Channel& channel, const std::string& leaf) {
  return channel.value_kind() == Kind::kBit &&
         (leaf.starts_with("irq") || leaf.ends_with("irq") || leaf.ends_with("interrupt"));
}

std::string group_title(const Channel& channel, const std::vector<std::string>& parts) {
  if (*channel.hint().group != '\0') return channel.hint().group;
  if (is_interrupt(channel, parts.back())) return std::string(kGroups[kInterrupts].title);
  if (parts.size() < 2) return std::string(kGroups[kDevices].title);
  const std::string& block = parts[parts.size() > 2 ? 1 : 0];
  if (!names_member_of(1, block))
    for (std::size_t i = 1; i + 1 < parts.size(); ++i)
      if (names_member_of(kMemories, parts[i])) return std::string(kGroups[kMemories].title);
  for (std::size_t group = 0; group < kGroups.size(); ++group)
    if (names_member_of(group, block)) return std::string(kGroups[group].title);
  return std::string(kGroups[kDevices].title);
}

struct Placed {
  const Channel* channel;
  std::vector<std::string> parts;
  std::string scope;  // without the top module
};

std::size_t rank(const Placed& placed) {
  const auto found = std::find(kFirstRows.begin(), kFirstRows.end(), placed.parts.back());
  if (found != kFirstRows.end()) return static_cast<std::size_t>(found - kFirstRows.begin());
  return placed.channel->value_kind() == Kind::kReal ? kFirstRows.size() + 1 : kFirstRows.size();
}

std::vector<Section> sections_of(std::vector<Placed> members) {
  std::vector<std::string> scopes;
  for (const Placed& placed : members)
    if (std::find(scopes.begin(), scopes.end(), placed.scope) == scopes.end())
      scopes.push_back(placed.scope);
  std::stable_sort(members.begin(), members.end(),
                   [](const Placed& a, const Placed& b) { return rank(a) < rank(b); });

  std::vector<Section> sections{Section{}};  // the first one is for rows that stand alone
  for (const std::string& scope : scopes) {
    const auto inside = [&](const Placed& placed) { return placed.scope == scope; };
    const bool own = scopes.size() > 1 && std::count_if(members.begin(), members.end(), inside) > 2;
    if (own) sections.push_back(Section{scope, {}});
    Section& section = own ? sections.back() : sections.front();
    for (const Placed& placed : members) {
      if (!inside(placed)) continue;
      const std::size_t top = placed.parts.size() > 1 ? 1 : 0;
      section.rows.push_back(
          {placed.channel,
           own ? placed.parts.back() : joined(placed.parts, top, placed.parts.size())});
    }
  }
  return sections;
}

}  // namespace

std::vector<Group> layout(std::span<Channel* const> channels) {
  std::vector<Group> groups;
  groups.reserve(kGroups.size());
  for (const GroupRule& rule : kGroups)
    groups.push_back({std::string(rule.title), rule.colour, {}});
  std::vector<std::vector<Placed>> members(groups.size());
  for (const Channel* channel : channels) {
    auto parts = parts_of(channel->name());
    const std::string title = group_title(*channel, parts);
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const Group& other) { return other.title == title; });
    if (group == groups.end()) {
      groups.push_back({title, Colour::kAutomatic, {}});
      members.emplace_back();
      group = groups.end() - 1;
    }
    const std::size_t last = parts.size() - 1;
    std::string scope = joined(parts, std::min<std::size_t>(1, last), last);
    members[static_cast<std::size_t>(group - groups.begin())].push_back(
        {channel, std::move(parts), std::move(scope)});
  }
  for (std::size_t g = 0; g < groups.size(); ++g)
    groups[g].sections = sections_of(std::move(members[g]));
  std::erase_if(groups, [](const Group& group) {
    return group.sections.size() == 1 && group.sections.front().rows.empty();
  });
  return groups;
}

}  // namespace cairn::waves
