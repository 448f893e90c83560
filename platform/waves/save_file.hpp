// GTKWave save file: what the user sees when the dump opens.
#pragma once

#include <span>
#include <string>

#include "models/kit/trace.hpp"

namespace cairn::waves {

/// The text of a save file for a dump that declares `channels`. `dump_name` is the dump's
/// file name; the save file is called `dump_name`.gtkw and lies beside it; `first_ps` and `last_ps`
/// are the part of time to show.
[[nodiscard]] std::string save_file(std::span<kit::trace::Channel* const> channels,
                                    const std::string& dump_name, std::uint64_t first_ps,
                                    std::uint64_t last_ps);

}  // namespace cairn::waves
