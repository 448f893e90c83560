// One configuration key: type, default, range and what it means.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "platform/params/value.hpp"

namespace cairn::platform {

struct Parameter {
  std::string key;  ///< "soc.cpu0.clock_hz"
  Value value;      ///< the default until set
  std::string unit;
  std::string doc;                   ///< one line
  std::int64_t low = 0;              ///< integers: smallest and largest value
  std::int64_t high = INT64_MAX;     ///<
  std::int64_t multiple_of = 1;      ///< integers
  bool is_power_of_two = false;      ///< integers: it, or 0 where `low` allows 0
  std::vector<std::string> choices;  ///< texts: what is allowed; empty: anything
  bool is_assumed = false;           ///< the default is ours: no paper or datasheet gives it
  Value default_value = value;
  std::string origin;  ///< who set it; empty: the default

  bool is_default() const { return origin.empty(); }
};

/// Checks `assignment` against the parameter and stores it. Throws InputError naming the origin and
/// the key.
void assign(Parameter& parameter, const Assignment& assignment);

}  // namespace cairn::platform
