#!/usr/bin/env bash
# Installs a real Home Assistant for the tests into FOLDER: a small Debian of its own, since Home Assistant wants a newer
# Python than stable systems have. Needs root on Debian, debootstrap, 1.3 GB and about two minutes. An installed one is kept.
#   test/home-assistant/install.sh FOLDER
set -euo pipefail
version=2026.11.0
here=$(cd "$(dirname "$0")" && pwd)
target=$(realpath --canonicalize-missing "${1:?usage: install.sh FOLDER}")
mark="home-assistant-$version"
[ -e "$target/$mark" ] && exit 0

# What a broken attempt left behind is no base to build on; nor is another version.
partial="$target.partial"
rm -rf "$partial"
mkdir -p "$partial"
say() { echo "Home Assistant $version: $*"; }
inside() {
  chroot "$partial" env -i PATH=/srv/home-assistant/bin:/usr/bin:/bin:/usr/sbin HOME=/root LANG=C.UTF-8 \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt PIP_CERT=/etc/ssl/certs/ca-certificates.crt \
    ${https_proxy:+https_proxy="$https_proxy"} ${PIP_INDEX_URL:+PIP_INDEX_URL="$PIP_INDEX_URL"} \
    ${UV_DEFAULT_INDEX:+UV_DEFAULT_INDEX="$UV_DEFAULT_INDEX"} "$@"
}
into_venv() { inside uv pip install --quiet --python /srv/home-assistant/bin/python "$@"; }

say 'installing Python 3.14 (1 of 3)'
# The mirror that this system uses. An older debootstrap knows no script for forky; they are all the same as that of sid.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' \
  "Codename: $(. /etc/os-release && echo "$VERSION_CODENAME")" | head -1)
debootstrap --variant=minbase --include=python3.14,python3.14-venv,ca-certificates forky "$partial" "$mirror" sid \
  >"$target.log" 2>&1 || { tail -5 "$target.log"; exit 1; }
cp /etc/ssl/certs/ca-certificates.crt "$partial/etc/ssl/certs/"
cp /etc/resolv.conf /etc/hosts "$partial/etc/"

say 'installing Home Assistant (2 of 3)'
inside python3.14 -m venv /srv/home-assistant
inside pip install --quiet uv==0.13.6
# Without the release's own pins the versions take minutes to agree, or never do.
inside pip download --quiet --no-deps --dest /srv/wheel "homeassistant==$version"
inside python -c 'import glob, zipfile
wheel = zipfile.ZipFile(glob.glob("/srv/wheel/*.whl")[0])
open("/srv/pins.txt", "wb").write(wheel.read("homeassistant/package_constraints.txt"))'
into_venv --constraints /srv/pins.txt "homeassistant==$version"

say 'installing what its integrations need (3 of 3)'
# Otherwise it would install them when it starts. The pins of these two have no build for this Python.
cp "$here/requirements.py" "$partial/srv/"
inside python /srv/requirements.py mqtt mobile_app conversation camera stream ffmpeg tts hassio infrared radio_frequency \
  template logbook history media_source automation script scene input_boolean input_number blueprint \
  | grep -vE '^(pymicro-vad|pyspeex-noise)==' >"$partial/srv/requirements.txt"
into_venv --constraints /srv/pins.txt --requirements /srv/requirements.txt
into_venv --only-binary :all: pymicro-vad==2.1.0 pyspeex-noise==2.0.1

rm -rf "$partial/srv/wheel" "$partial/root/.cache" "$partial/var/cache/apt/archives"/*.deb
# From here on it can look up no name: it stays on loopback.
rm "$partial/etc/resolv.conf"
touch "$partial/$mark"
rm -rf "$target" "$target.log"
mv "$partial" "$target"
say 'installed'
