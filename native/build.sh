#!/bin/sh
# Builds the .wasm files here, or in the folder named as argument, with the packages clang-14 and
# lld-14 of Debian 12. Another version makes other bytes, which is why it is named.
set -eu
folder=$(realpath "${1:-$(dirname "$0")}")
cd "$(dirname "$0")"
object=$(mktemp)
trap 'rm -f "$object"' EXIT

# build NAME EXPORT...
build() {
  clang-14 --target=wasm32 -msimd128 -O3 -ffreestanding -Wall -Wextra -Werror -c "$1.c" -o "$object"
  wasm="$folder/$1.wasm"
  shift
  wasm-ld-14 --no-entry --strip-debug --stack-first -z stack-size=4096 "$object" -o "$wasm" $(printf -- '--export=%s ' "$@")
}

build log-mel log_mel samples decibels window_half twiddles_first twiddles twiddles_real mel_first_bin mel_steps \
  mel_weights
build resample resample __heap_base
build voice analyse samples power autocorrelation window cosines sines reversed
build network convolve add_relu mean_and_maximum mean copy __heap_base
