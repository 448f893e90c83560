// Error numbers as the C library of the program knows them.
#pragma once

namespace cairn::platform {

/// newlib's and picolibc's number for an errno of the host; the two agree up to 34.
int guest_errno(int host_errno);

}  // namespace cairn::platform
