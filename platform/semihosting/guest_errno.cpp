#include "platform/semihosting/guest_errno.hpp"

#include <cerrno>

namespace cairn::platform {

int guest_errno(int host_errno) {
  constexpr int kLastInCommon = 34;  // ERANGE
  if (host_errno <= kLastInCommon) return host_errno;
  switch (host_errno) {
    case ENOSYS:
      return 88;
    case ENOTEMPTY:
      return 90;
    case ENAMETOOLONG:
      return 91;
    case ELOOP:
      return 92;
    case EDQUOT:
      return 132;
    case EOVERFLOW:
      return 139;
    default:
      return EIO;
  }
}

}  // namespace cairn::platform
