// Hosts without a translator: the block interpreter does it all.
#include "models/cpu/hart_translator.hpp"

namespace cairn::hart {

std::unique_ptr<Translator> Translator::create(const TranslatorContext& /*context*/) {
  return nullptr;
}

}  // namespace cairn::hart
