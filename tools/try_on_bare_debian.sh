#!/usr/bin/env bash
# Does a newcomer's first command work? Makes a bare Debian 12, clones this repository into it and runs a command there.
#
#   sudo tools/try_on_bare_debian.sh [--keep] [COMMAND...]      default: ./cairn run fashion
#
# Needs root and the package debootstrap. The packages come from where this machine gets its own. What is committed is
# what is tried. Everything lies in one temporary folder and is removed at the end (--keep leaves it, and prints where).
# The exit status is the command's.
set -euo pipefail

suite=bookworm
keep=false
if [ "${1-}" = --keep ]; then
  keep=true
  shift
fi
[ $# -gt 0 ] || set -- ./cairn run fashion
repository=$(cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd)

say() { printf '== %s\n' "$*" >&2; }
[ "$(id -u)" = 0 ] || { say "needs root: sudo $0"; exit 125; }
command -v debootstrap > /dev/null || { say "needs debootstrap: apt-get install debootstrap"; exit 125; }

# This machine's own mirrors of the suite and its updates, as "URI suite" lines.
mirrors=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' "Created-By: Packages" | sort -u | grep -E " $suite(-updates|-security)?\$" || true)
[ -n "$mirrors" ] || mirrors="http://deb.debian.org/debian/ $suite"
main_mirror=$(sed -n "s/ $suite\$//p" <<< "$mirrors" | head -n 1)
proxies=$(apt-config dump | grep -E '^Acquire::[a-z]+::Proxy' || true)
http_proxy=${http_proxy-$(sed -n 's/^Acquire::http::Proxy "\(.*\)";/\1/p' <<< "$proxies")}
[ -z "$http_proxy" ] || export http_proxy

root=$(mktemp -d "${TMPDIR:-/tmp}/bare-debian.XXXXXX")
finish() {
  # Mounts live in a namespace of their own and are gone with it; never delete across one.
  if $keep; then say "kept: $root"
  elif grep -qF " $root/" /proc/mounts; then say "something is still mounted below $root; not removed"
  else rm -rf --one-file-system -- "$root"; fi
}
trap finish EXIT

say "making a bare Debian $suite from $main_mirror"
start=$SECONDS
debootstrap --variant=minbase "$suite" "$root" "$main_mirror" > "$root.log" 2>&1 || { tail -n 20 "$root.log" >&2; exit 125; }
rm -f "$root.log"
sed -E 's/^(.*) (.*)$/deb \1 \2 main/' <<< "$mirrors" > "$root/etc/apt/sources.list"
[ -z "$proxies" ] || printf '%s\n' "$proxies" > "$root/etc/apt/apt.conf.d/90proxy"
rm -rf "$root"/var/lib/apt/lists/*            # a newcomer's lists may be missing
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
git clone -q --no-hardlinks -- "$repository" "$root/root/cairn"
say "ready after $((SECONDS - start)) s; running: $*"

start=$SECONDS
status=0
unshare --mount --pid --fork --kill-child -- bash -euc '
  root=$1; shift
  mount --make-rprivate /
  mount -t proc proc "$root/proc"
  exec chroot "$root" /usr/bin/env -i HOME=/root TERM="${TERM:-dumb}" PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    ${http_proxy:+http_proxy="$http_proxy"} sh -c "cd /root/cairn && exec \"\$@\"" sh "$@"
' bash "$root" "$@" || status=$?
say "exit status $status after $((SECONDS - start)) s"
exit "$status"
