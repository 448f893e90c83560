// A line plot as SVG.
#pragma once

#include <string>
#include <vector>

namespace cairn::platform {

struct PlotPoint {
  double x = 0, y = 0;
  double low = 0, high = 0;  ///< a band around the line; both equal to y where there is none
};

struct PlotLine {
  std::string name;  ///< in the legend; empty: none
  std::vector<PlotPoint> points;
};

struct LinePlot {
  std::string title, x_label, y_label;
  std::vector<PlotLine> lines;
  std::vector<std::string> x_names;  ///< names of x = 0, 1, 2...; empty: x is a number
};

/// A whole SVG document. Without a point it has axes and nothing in them.
std::string svg_of(const LinePlot& plot);

/// Round numbers that cover [low, high]: at least two, at most about `wanted` + 2.
std::vector<double> ticks(double low, double high, int wanted);

}  // namespace cairn::platform
