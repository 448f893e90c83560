#include "compiler/lower/attributes.hpp"

#include "compiler/import/refusal.hpp"

namespace cairn::compiler {

template <typename T>
const T* Attributes::find(const std::string& name, const char* type) const {
  const auto it = node_.attributes.find(name);
  if (it == node_.attributes.end()) return nullptr;
  const T* value = std::get_if<T>(&it->second);
  if (!value) refuse(file_, node_, "attribute '" + name + "' is not " + type);
  return value;
}

std::int64_t Attributes::integer(const std::string& name) const {
  const auto* value = find<std::int64_t>(name, "an integer");
  if (!value) refuse(file_, node_, "has no attribute '" + name + "'");
  return *value;
}

std::int64_t Attributes::integer(const std::string& name, std::int64_t fallback) const {
  const auto* value = find<std::int64_t>(name, "an integer");
  return value ? *value : fallback;
}

float Attributes::real(const std::string& name, float fallback) const {
  const auto* value = find<float>(name, "a number");
  return value ? *value : fallback;
}

std::string Attributes::text(const std::string& name, const std::string& fallback) const {
  const auto* value = find<std::string>(name, "a string");
  return value ? *value : fallback;
}

std::optional<Dims> Attributes::integers(const std::string& name) const {
  const auto* value = find<std::vector<std::int64_t>>(name, "a list of integers");
  return value ? std::optional<Dims>(*value) : std::nullopt;
}

const Tensor* Attributes::tensor(const std::string& name) const {
  return find<Tensor>(name, "a tensor");
}

}  // namespace cairn::compiler
