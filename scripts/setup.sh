#!/usr/bin/env bash
# Installs what Comptoir needs on a bare Debian 12 with Go, and checks Go.
# Quick and off the network when nothing is missing, so make may always run it.
set -euo pipefail
cd "$(dirname "$0")/.."

# One line per need: a test that succeeds when it is there, and its package.
needs=(
  "command -v git                              | git"
  "command -v make                             | make"
  "test -e /etc/ssl/certs/ca-certificates.crt  | ca-certificates"
  # The race detector goes through cgo: a C compiler and the C library's headers.
  "command -v gcc                              | gcc"
  "test -e /usr/include/stdlib.h               | libc6-dev"
  # The window: Fyne draws with OpenGL on X11 or Wayland.
  "command -v pkg-config                       | pkg-config"
  "test -e /usr/include/GL/gl.h                | libgl1-mesa-dev"
  "test -e /usr/include/X11/Xlib.h             | libx11-dev"
  "test -e /usr/include/X11/Xcursor/Xcursor.h  | libxcursor-dev"
  "test -e /usr/include/X11/extensions/Xrandr.h | libxrandr-dev"
  "test -e /usr/include/X11/extensions/Xinerama.h | libxinerama-dev"
  "test -e /usr/include/X11/extensions/XInput2.h | libxi-dev"
  "test -e /usr/include/X11/extensions/xf86vmode.h | libxxf86vm-dev"
  "test -e /usr/include/wayland-client.h       | libwayland-dev"
  "test -e /usr/include/xkbcommon/xkbcommon.h  | libxkbcommon-dev"
  # A window without a display, for make run and the tests: software OpenGL on a
  # virtual screen, a finger, and a camera.
  "ls /usr/lib/*/dri/swrast_dri.so             | libgl1-mesa-dri"
  "command -v Xvfb                             | xvfb"
  "command -v xdotool                          | xdotool"
  "command -v import                           | imagemagick"
  # Alarms in the tests: a speaker that goes nowhere, a bus for notifications.
  "command -v pulseaudio                       | pulseaudio"
  "command -v parec                            | pulseaudio-utils"
  "command -v dbus-daemon                      | dbus-daemon"
  # The power cuts of make torture: who wrote and synced what.
  "command -v strace                           | strace"
)

say() { echo "setup: $*"; }
fail() {
  say "$*" >&2
  exit 1
}

missing=()
for need in "${needs[@]}"; do
  bash -c "${need%|*}" >/dev/null 2>&1 || missing+=("${need##*| }")
done

if ((${#missing[@]})); then
  by_hand="missing: ${missing[*]}; as root, run: apt-get update && apt-get install ${missing[*]}"
  command -v apt-get >/dev/null || fail "missing (Debian's names): ${missing[*]}; no apt-get here: install them your system's way"
  root=()
  if ((EUID)); then
    command -v sudo >/dev/null || fail "$by_hand"
    root=(sudo)
  fi
  say "installing ${missing[*]}"
  "${root[@]}" apt-get -qq update || fail "$by_hand"
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null || fail "$by_hand"
fi

# go.mod says which Go; a newer go command fetches it by itself if it may.
want=$(sed -n 's/^go //p' go.mod)
how="install Go $want or newer from https://go.dev/dl/ (tar -C /usr/local -xzf go*.tar.gz) and put /usr/local/go/bin on PATH"
command -v go >/dev/null || fail "go is missing: $how"
have=$(go env GOVERSION 2>/dev/null) || fail "this Go is too old: $how"
have=${have#go}
oldest=$(printf '%s\n' "$want" "${have%% *}" | sort -V | head -n 1)
[[ $oldest == "$want" ]] || fail "Go $have is too old: $how"
say "ready (Go $have)"
