// The save file: it names only what the dump declares, and puts each row where a reader looks.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "models/kit/input_error.hpp"
#include "platform/waves/row_layout.hpp"
#include "platform/waves/save_file.hpp"
#include "platform/waves/waves.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/traced_soc.hpp"
#include "tests/support/vcd_reader.hpp"

namespace cairn::test {
namespace {

struct SavedRow {
  std::string group, label, name;
};

/// The rows of a save file, each with the groups it stands in: "Bus/bus cpu0".
std::vector<SavedRow> rows_of(const std::string& save_file) {
  std::vector<SavedRow> rows;
  std::vector<std::string> open;
  unsigned flags = 0;
  std::istringstream in(save_file);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("@"))
      flags = static_cast<unsigned>(std::stoul(line.substr(1), nullptr, 16));
    if (line.starts_with("-") && (flags & 0x800000) != 0) open.push_back(line.substr(1));
    if (line.starts_with("-") && (flags & 0x1000000) != 0) {
      EXPECT_EQ(open.back(), line.substr(1));
      open.pop_back();
    }
    if (!line.starts_with("+{")) continue;
    std::string group;
    for (const std::string& title : open)
      group += (group.empty() ? "" : "/") + title;
    const std::size_t brace = line.find("} ");
    rows.push_back({group, line.substr(2, brace - 2), line.substr(brace + 2)});
  }
  EXPECT_TRUE(open.empty());
  return rows;
}

std::string group_of(const std::vector<SavedRow>& rows, const std::string& name) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const SavedRow& row) { return row.name == name; });
  return found == rows.end() ? "nowhere" : found->group;
}

class SaveFileTest : public testing::Test {
 protected:
  std::vector<SavedRow> dumped() {
    waves::Waves dump((folder / "run.vcd").string());
    sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_US));
    dump.close();
    return rows_of(content_of((folder / "run.vcd.gtkw").string()));
  }
  TemporaryFolder folder;
};

void expect_rows_are_the_variables(const std::vector<SavedRow>& rows, const VcdReader& vcd) {
  std::multiset<std::string> named, declared;
  for (const SavedRow& row : rows)
    named.insert(row.name);
  for (const auto& [name, variable] : vcd.variables())
    declared.insert(name + variable.range);
  EXPECT_EQ(named, declared);
}

TEST_F(SaveFileTest, EveryVariableOfTheDumpHasOneRow) {
  TracedSoc soc("soc");
  const auto rows = dumped();
  EXPECT_EQ(rows.size(), 25u);
  expect_rows_are_the_variables(rows, VcdReader((folder / "run.vcd").string()));
}

TEST_F(SaveFileTest, EveryVariableHasOneRowWithTwoNpus) {
  TracedSoc soc("soc", 2);
  const auto rows = dumped();
  expect_rows_are_the_variables(rows, VcdReader((folder / "run.vcd").string()));
  EXPECT_EQ(group_of(rows, "soc.npu0.layer"), "NPU/npu0");
  EXPECT_EQ(group_of(rows, "soc.npu1.layer"), "NPU/npu1");
}

TEST_F(SaveFileTest, RowsStandInTheGroupOfTheirBlock) {
  TracedSoc soc("soc");
  const auto rows = dumped();
  EXPECT_EQ(group_of(rows, "soc.cpu0.pc[31:0]"), "Host");
  EXPECT_EQ(group_of(rows, "soc.dma0.ch0.state"), "DMA");
  EXPECT_EQ(group_of(rows, "soc.npu0.layer"), "NPU");
  EXPECT_EQ(group_of(rows, "soc.npu0.features.occupancy[23:0]"), "Memories");
  EXPECT_EQ(group_of(rows, "soc.npu0.irq"), "Interrupts");
  EXPECT_EQ(group_of(rows, "soc.power0.total_mw"), "Power");
}

TEST_F(SaveFileTest, ABusInitiatorHasItsRowsInTheOrderOfATransaction) {
  TracedSoc soc("soc");
  std::string order;
  for (const SavedRow& row : dumped())
    if (row.group == "Bus/bus cpu0") order += row.label + " ";
  EXPECT_EQ(order, "command address target bytes status ");
}

TEST_F(SaveFileTest, AHintMovesARowToAGroupOfItsOwn) {
  struct Sensor : sc_core::sc_module {
    explicit Sensor(sc_core::sc_module_name name) : sc_module(name) {}
    trace::Bit sample{"sample", {.group = "Audio"}};
    trace::Bit overrun{"overrun"};
  };
  Sensor sensor("mic0");
  const auto rows = dumped();
  EXPECT_EQ(group_of(rows, "mic0.sample"), "Audio");
  EXPECT_EQ(group_of(rows, "mic0.overrun"), "Devices");
}

TEST_F(SaveFileTest, TwoRunsGiveTheSameBytes) {
  TracedSoc soc("soc");
  const auto channels = trace::all_channels();
  EXPECT_EQ(waves::save_file(channels, "a.vcd", 0, 10), waves::save_file(channels, "a.vcd", 0, 10));
  static_cast<void>(dumped());
  const std::string dump = content_of((folder / "run.vcd").string());
  EXPECT_EQ(dump.find("$date"), std::string::npos);
  EXPECT_EQ(content_of((folder / "run.vcd.gtkw").string()).find((folder / "").string()),
            std::string::npos);
}

TEST_F(SaveFileTest, AnUnwritableSaveFileIsRefusedBeforeTheSimulation) {
  TracedSoc soc("soc");
  std::filesystem::create_directory((folder / "run.vcd.gtkw").string());
  EXPECT_THROW(waves::Waves((folder / "run.vcd").string()), InputError);
  EXPECT_FALSE(soc.cpu0.pc.on());
}

}  // namespace
}  // namespace cairn::test
