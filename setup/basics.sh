# Sourced by the scripts beside it: two ways of speaking, one way of finding Python, one way of being root.

say() { printf '· %s\n' "$*"; }

stop() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Prints the first Python that is new enough. A pyenv shim may exist and still not run, so each is asked.
find_python() {
  local name
  for name in python3.13 python3.12 python3.11 python3; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      command -v "$name"
      return
    fi
  done
  stop "Canbao needs Python 3.11 or newer: please install it (Debian 12 and later: sudo apt-get install -y python3)."
}

may_be_root() { ((EUID == 0)) || sudo -n true 2>/dev/null; }

as_root() { if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi; }
