// cairn sweep: values of a parameter, runs of a sweep, and what becomes of their reports.
#include "platform/sweep/sweep.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "models/kit/input_error.hpp"
#include "platform/run/exit_status.hpp"
#include "platform/sweep/line_plot.hpp"

namespace cairn::platform {
namespace {

using Texts = std::vector<std::string>;

Sweep two_axes() {
  return {.run = {"run", "net"},
          .axes = {{"a.bits", {"4", "5"}}, {"a.kind", {"x", "y"}}},
          .first_seed = 7,
          .seeds = 2,
          .measures = {"accuracy", "totals.cycles"}};
}

/// Accuracy is bits / 10 + seed / 1000; kind y at 5 bits is refused.
std::vector<SweepRow> rows_of(const Sweep& sweep) {
  std::vector<SweepRow> rows;
  for (const SweepPoint& p : points_of(sweep)) {
    RunRecord record;
    if (p.values == Texts{"5", "y"}) {
      record.exit_status = kExitBadInput;
      record.message = "too \"wide\", really";
    } else {
      record.report = {
          {"accuracy", std::stod(p.values[0]) / 10 + static_cast<double>(p.seed) / 1000},
          {"totals", {{"cycles", 40}}}};
    }
    rows.push_back(row_of(sweep, p, record));
  }
  return rows;
}

std::string refusal(const std::string& text) {
  try {
    parse_axis(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(SweepAxisTest, ValuesAreListedOrCountedFromOneNumberToAnother) {
  EXPECT_EQ(parse_axis("k=4,5,6").key, "k");
  EXPECT_EQ(parse_axis("k=4,5,6").values, (Texts{"4", "5", "6"}));
  EXPECT_EQ(parse_axis("k=0:0.3:0.1").values, (Texts{"0", "0.1", "0.2", "0.3"}));
  EXPECT_EQ(parse_axis("k=1,2:6:3,64Ki").values, (Texts{"1", "2", "5", "64Ki"}));
  EXPECT_EQ(parse_axis("k=0:1:0.01").values.size(), 101u);
}

TEST(SweepAxisTest, WhatIsNoListIsRefusedWithTheReason) {
  for (const char* text : {"k", "k=", "=4"})
    EXPECT_NE(refusal(text).find("write a parameter and its values"), std::string::npos) << text;
  EXPECT_NE(refusal("k=4,,5").find("between the commas"), std::string::npos);
  EXPECT_NE(refusal("k=1:2").find("three parts"), std::string::npos);
  EXPECT_NE(refusal("k=1:x:2").find("'x' is no number"), std::string::npos);
  for (const char* text : {"k=1:2:0", "k=2:1:1", "k=1:2:-1"})
    EXPECT_NE(refusal(text).find("goes up"), std::string::npos) << text;
  EXPECT_NE(refusal("k=0:1e9:1").find("more than 10000 values"), std::string::npos);
}

TEST(SweepTest, RunsEveryCombinationWithEverySeed) {
  const Sweep sweep = two_axes();
  const std::vector<SweepPoint> points = points_of(sweep);
  ASSERT_EQ(points.size(), 8u);
  EXPECT_EQ(points[0].values, (Texts{"4", "x"}));
  EXPECT_EQ(points[3].values, (Texts{"4", "y"}));
  EXPECT_EQ(points[3].seed, 8u);
  EXPECT_EQ(arguments_of(sweep, points[3]),
            (Texts{"run", "net", "--set", "a.bits=4", "--set", "a.kind=y", "--seed", "8"}));
}

TEST(SweepTest, TheCsvHasALineARunAndQuotesWhatNeedsIt) {
  const Sweep sweep = two_axes();
  const std::string csv = csv_of(sweep, rows_of(sweep));
  EXPECT_TRUE(
      csv.starts_with("a.bits,a.kind,seed,accuracy,totals.cycles,exit_status,message\n"
                      "4,x,7,0.407,40,0,\n"))
      << csv;
  EXPECT_NE(csv.find("5,y,8,,,2,\"too \"\"wide\"\", really\"\n"), std::string::npos) << csv;
  EXPECT_EQ(std::ranges::count(csv, '\n'), 9);
}

TEST(SweepTest, TheTableHasMeanAndSpreadOfTheSeeds) {
  const Sweep sweep = two_axes();
  const std::string table = table_of(sweep, rows_of(sweep));
  EXPECT_NE(table.find("0.4075 (0.407 to 0.408)"), std::string::npos) << table;
  EXPECT_NE(table.find("too \"wide\", really"), std::string::npos) << table;
  EXPECT_EQ(std::ranges::count(table, '\n'), 5);
}

std::size_t occurrences(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
    ++count;
  return count;
}

TEST(SweepTest, ThePlotHasALineForEachValueOfTheSecondParameterAndABandWithSeeds) {
  const Sweep sweep = two_axes();
  const std::string svg = svg_of(sweep, rows_of(sweep), "net & co");
  EXPECT_EQ(occurrences(svg, "<polyline"), 2u);
  EXPECT_EQ(occurrences(svg, "<polygon"), 2u);
  EXPECT_EQ(occurrences(svg, "<circle"), 3u) << "one of four points was refused";
  EXPECT_NE(svg.find("a.kind = y"), std::string::npos);
  EXPECT_NE(svg.find("net &amp; co"), std::string::npos);
}

TEST(LinePlotTest, EveryPointLiesInsideTheAxes) {
  LinePlot plot{.title = "t", .x_label = "x", .y_label = "y", .lines = {{}}, .x_names = {}};
  for (const auto& [x, y] : {std::pair{-3.0, 1e-9}, {0.0, 2e-9}, {1000.0, -5e-9}})
    plot.lines[0].points.push_back({x, y, y, y});
  const std::string svg = svg_of(plot);
  EXPECT_EQ(occurrences(svg, "nan"), 0u);
  EXPECT_EQ(occurrences(svg, "inf"), 0u);
  for (std::size_t at = svg.find("<circle cx=\""); at != std::string::npos;
       at = svg.find("<circle cx=\"", at + 1)) {
    const double cx = std::stod(svg.substr(at + 12));
    const double cy = std::stod(svg.substr(svg.find("cy=\"", at) + 4));
    EXPECT_GE(cx, 90);
    EXPECT_LE(cx, 736);
    EXPECT_GE(cy, 44);
    EXPECT_LE(cy, 376);
  }
}

TEST(LinePlotTest, OnePointAndNoPointHaveAxes) {
  LinePlot plot{.title = "t", .x_label = "x", .y_label = "y", .lines = {{}}, .x_names = {}};
  EXPECT_EQ(occurrences(svg_of(plot), "nan"), 0u);
  plot.lines[0].points = {{5, 0.9, 0.9, 0.9}};
  EXPECT_EQ(occurrences(svg_of(plot), "nan"), 0u);
  EXPECT_EQ(occurrences(svg_of(plot), "<circle"), 1u);
}

TEST(LinePlotTest, TicksAreRoundAndCoverTheRange) {
  for (const auto& [low, high] : {std::pair{0.0, 1.0}, {0.9, 0.93}, {-7.0, 1234.0}, {1e-9, 3e-9}}) {
    const std::vector<double> t = ticks(low, high, 6);
    EXPECT_LE(t.front(), low);
    EXPECT_GE(t.back(), high);
    EXPECT_GE(t.size(), 2u);
    EXPECT_LE(t.size(), 9u);
  }
}

}  // namespace
}  // namespace cairn::platform
