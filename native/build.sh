#!/bin/sh
# Builds log-mel.wasm, or the file named as argument, with the packages clang-14 and lld-14 of Debian 12.
# Another version makes other bytes, which is why it is named.
set -eu
out=$(realpath "${1:-$(dirname "$0")/log-mel.wasm}")
cd "$(dirname "$0")"
object=$(mktemp)
trap 'rm -f "$object"' EXIT
clang-14 --target=wasm32 -msimd128 -O3 -ffreestanding -Wall -Wextra -Werror -c log-mel.c -o "$object"
wasm-ld-14 --no-entry --strip-all --stack-first -z stack-size=4096 "$object" -o "$out" --export=log_mel \
  --export=samples --export=decibels --export=window_half --export=twiddles_first --export=twiddles \
  --export=twiddles_real --export=mel_first_bin --export=mel_steps --export=mel_weights
