"""
An RTSP server of GStreamer's, on loopback and a free port, which it prints. Live streams of a tone: /pcma, /pcmu, /aac,
/opus and /l16, each also with a picture (/pcma-h264 and so on).

Usage: gst-server.py [Basic|Digest USER PASSWORD]
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer

TONE = "audiotestsrc is-live=true samplesperbuffer=320 ! audio/x-raw,channels=1"
SOUNDS = {
    "pcma": f"{TONE},rate=8000 ! alawenc ! rtppcmapay",
    "pcmu": f"{TONE},rate=8000 ! mulawenc ! rtppcmupay",
    "aac": f"{TONE},rate=16000 ! voaacenc ! rtpmp4gpay",
    "opus": f"{TONE},rate=48000 ! opusenc ! rtpopuspay",
    "l16": f"{TONE},rate=16000 ! audioconvert ! rtpL16pay",
}
PICTURE = (
    "videotestsrc is-live=true ! video/x-raw,width=64,height=64,framerate=10/1"
    " ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! rtph264pay name=pay0 config-interval=1"
)
METHODS = {"Basic": GstRtsp.RTSPAuthMethod.BASIC, "Digest": GstRtsp.RTSPAuthMethod.DIGEST}


def add_login(server, scheme, user, password):
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(METHODS[scheme])
    if scheme == "Basic":
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    else:
        auth.add_digest(user, password, token)
    server.set_auth(auth)


def add_stream(server, path, launch):
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( {launch} )")
    factory.set_shared(True)
    permissions = GstRtspServer.RTSPPermissions()
    for permission in ("media.factory.access", "media.factory.construct"):
        permissions.add_permission_for_role("viewer", permission, True)
    factory.set_permissions(permissions)
    server.get_mount_points().add_factory(path, factory)


Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service("0")
if len(sys.argv) > 1:
    add_login(server, *sys.argv[1:])
for name, sound in SOUNDS.items():
    add_stream(server, f"/{name}", f"{sound} name=pay0")
    add_stream(server, f"/{name}-h264", f"{PICTURE} {sound} name=pay1")
server.attach(None)
print(server.get_bound_port(), flush=True)
GLib.MainLoop().run()
