// All configuration keys with their values: defaults, then configuration files, then --set.
#include "platform/params/parameters.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

#include "models/kit/input_error.hpp"
#include "platform/params/definitions.hpp"

namespace cairn::platform {

Parameters::Parameters(const std::vector<Assignment>& assignments) {
  define(host_parameters(), assignments);
  for (std::int64_t n = 0; n < integer("soc.npus"); ++n) {
    define(npu_core_parameter(n), assignments);
    define(npu_parameters(n, text(fmt::format("soc.npu{}.core", n))), assignments);
  }
  refuse_unknown_keys(assignments);
}

void Parameters::define(std::vector<Parameter> parameters,
                        const std::vector<Assignment>& assignments) {
  for (Parameter& p : parameters) {
    for (const Assignment& a : assignments)
      if (a.key == p.key) assign(p, a);
    all_.push_back(std::move(p));
  }
}

void Parameters::refuse_unknown_keys(const std::vector<Assignment>& assignments) const {
  std::vector<std::string> keys;
  for (const Parameter& p : all_)
    keys.push_back(p.key);
  for (const Assignment& a : assignments)
    if (find(a.key) == nullptr)
      throw InputError(fmt::format("{}: there is no parameter '{}'; the nearest are {}.", a.origin,
                                   a.key, fmt::join(nearest(a.key, keys), ", ")));
}

const Parameter* Parameters::find(std::string_view key) const {
  const auto found = std::ranges::find(all_, key, &Parameter::key);
  return found == all_.end() ? nullptr : &*found;
}

std::int64_t Parameters::integer(std::string_view key) const {
  const Parameter* p = find(key);
  if (p == nullptr) throw std::out_of_range(std::string(key));
  return std::get<std::int64_t>(p->value);
}

std::uint32_t Parameters::word(std::string_view key) const {
  return static_cast<std::uint32_t>(integer(key));
}

bool Parameters::flag(std::string_view key) const {
  const Parameter* p = find(key);
  if (p == nullptr) throw std::out_of_range(std::string(key));
  return std::get<bool>(p->value);
}

const std::string& Parameters::text(std::string_view key) const {
  const Parameter* p = find(key);
  if (p == nullptr) throw std::out_of_range(std::string(key));
  return std::get<std::string>(p->value);
}

}  // namespace cairn::platform
