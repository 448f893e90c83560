#include "platform/sweep/line_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace cairn::platform {

namespace {

constexpr double kWidth = 760, kHeight = 440, kLeft = 90, kRight = 24, kTop = 44, kBottom = 64,
                 kLegendLine = 18, kMargin = 0.04;
/// Distinct for readers with any colour vision (Okabe and Ito).
constexpr std::array kColours = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                 "#e69f00", "#56b4e9", "#000000"};

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
  }
  return out;
}

struct Range {
  double low = std::numeric_limits<double>::infinity(), high = -low;

  void take(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  /// Never empty, with some room at both ends.
  Range widened() const {
    if (low > high) return {0, 1};
    const double room = high > low ? kMargin * (high - low) : std::max(std::abs(low) * 0.05, 0.5);
    return {low - room, high + room};
  }
};

class Drawing {
 public:
  explicit Drawing(const LinePlot& plot) : plot_(plot) {
    Range x, y;
    for (const PlotLine& line : plot.lines)
      for (const PlotPoint& p : line.points) {
        x.take(p.x);
        y.take(p.low);
        y.take(p.high);
      }
    for (const PlotLine& line : plot.lines)
      if (!line.name.empty()) top_ += kLegendLine;
    x_ = x.widened();
    y_ = y.widened();
  }

  std::string document() {
    out_ = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
        "height=\"{1}\" font-family=\"sans-serif\" font-size=\"13\">\n"
        "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
        kWidth, kHeight);
    text(kWidth / 2, 24, "middle", plot_.title, " font-size=\"16\"");
    axes();
    for (std::size_t i = 0; i < plot_.lines.size(); ++i)
      line(plot_.lines[i], kColours[i % kColours.size()]);
    legend();
    return out_ + "</svg>\n";
  }

 private:
  double at_x(double x) const {
    return kLeft + (x - x_.low) / (x_.high - x_.low) * (kWidth - kLeft - kRight);
  }
  double at_y(double y) const {
    return kHeight - kBottom - (y - y_.low) / (y_.high - y_.low) * (kHeight - top_ - kBottom);
  }
  void text(double x, double y, const char* anchor, const std::string& what,
            const std::string& more = {}) {
    out_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y,
                        anchor, more, escaped(what));
  }
  void rule(double x1, double y1, double x2, double y2, const char* colour) {
    out_ += fmt::format(
        "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\"/>\n", x1, y1,
        x2, y2, colour);
  }

  void axes() {
    const double bottom = kHeight - kBottom;
    constexpr int kXTicks = 8, kYTicks = 6;
    for (const double y : ticks(y_.low, y_.high, kYTicks)) {
      if (y < y_.low || y > y_.high) continue;
      rule(kLeft, at_y(y), kWidth - kRight, at_y(y), "#ddd");
      text(kLeft - 8, at_y(y) + 4, "end", fmt::format("{:.6g}", y));
    }
    const auto mark = [&](double x, const std::string& name) {
      rule(at_x(x), bottom, at_x(x), bottom + 5, "black");
      text(at_x(x), bottom + 20, "middle", name);
    };
    if (plot_.x_names.empty()) {
      for (const double x : ticks(x_.low, x_.high, kXTicks))
        if (x >= x_.low && x <= x_.high) mark(x, fmt::format("{:.6g}", x));
    } else {
      for (std::size_t i = 0; i < plot_.x_names.size(); ++i)
        mark(static_cast<double>(i), plot_.x_names[i]);
    }
    rule(kLeft, bottom, kWidth - kRight, bottom, "black");
    rule(kLeft, top_, kLeft, bottom, "black");
    text((kLeft + kWidth - kRight) / 2, kHeight - 18, "middle", plot_.x_label);
    const double middle = (top_ + bottom) / 2;
    text(22, middle, "middle", plot_.y_label,
         fmt::format(" transform=\"rotate(-90 22 {:.1f})\"", middle));
  }

  void line(const PlotLine& line, const char* colour) {
    std::string path, upper, lower;
    bool has_band = false;
    for (const PlotPoint& p : line.points) {
      path += fmt::format("{:.1f},{:.1f} ", at_x(p.x), at_y(p.y));
      upper += fmt::format("{:.1f},{:.1f} ", at_x(p.x), at_y(p.high));
      lower.insert(0, fmt::format("{:.1f},{:.1f} ", at_x(p.x), at_y(p.low)));
      has_band = has_band || p.low != p.high;
    }
    if (has_band)
      out_ += fmt::format("<polygon points=\"{}{}\" fill=\"{}\" fill-opacity=\"0.15\"/>\n", upper,
                          lower, colour);
    out_ += fmt::format(
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>\n", path, colour);
    for (const PlotPoint& p : line.points)
      out_ += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\" fill=\"{}\"/>\n",
                          at_x(p.x), at_y(p.y), colour);
  }

  void legend() {
    double y = kTop;
    for (std::size_t i = 0; i < plot_.lines.size(); ++i) {
      if (plot_.lines[i].name.empty()) continue;
      rule(kLeft + 12, y - 4, kLeft + 36, y - 4, kColours[i % kColours.size()]);
      text(kLeft + 42, y, "start", plot_.lines[i].name);
      y += kLegendLine;
    }
  }

  const LinePlot& plot_;
  Range x_, y_;
  double top_ = kTop;  // of the axes, below the legend
  std::string out_;
};

}  // namespace

std::vector<double> ticks(double low, double high, int wanted) {
  const double rough = (high - low) / wanted;
  const double magnitude = std::pow(10.0, std::floor(std::log10(rough)));
  double step = 10 * magnitude;
  for (const double nice : {1.0, 2.0, 5.0})
    if (nice * magnitude >= rough) {
      step = nice * magnitude;
      break;
    }
  std::vector<double> out;
  for (double i = std::floor(low / step); i <= std::ceil(high / step); ++i)
    out.push_back(i * step);
  return out;
}

std::string svg_of(const LinePlot& plot) {
  return Drawing(plot).document();
}

}  // namespace cairn::platform
