import assert from 'node:assert/strict';
import { alsaMicrophonesOf } from '../../../src/audio/live/arecord.js';
import {
  avFoundationMicrophonesOf,
  directShowMicrophonesOf,
  ffmpegAlsaMicrophonesOf,
  pulseMicrophonesOf,
} from '../../../src/audio/live/microphone-ffmpeg.js';
import { hasName, type FoundMicrophone } from '../../../src/audio/live/microphone-recorder.js';
import { portAudioMicrophonesOf } from '../../../src/audio/live/port-audio.js';

describe('lists of microphones', () => {
  it('takes from PortAudio on Linux what records, without numbers that change', () => {
    const devices = [
      device('HDA Intel PCH: ALC257 Analog (hw:0,0)', 2),
      device('HDA Intel PCH: HDMI 0 (hw:0,3)', 0),
      device('USB PnP Sound Device: Audio (hw:1,0)', 1),
      device('USB PnP Sound Device: Audio (hw:2,0)', 1),
      device('sof-hda-dsp: - (hw:3,6)', 2),
      device('sysdefault', 128),
      device('nursery', 1),
      device('pulse', 32),
      device('default', 32),
      device('/dev/dsp', 16, 'OSS'),
    ];
    assert.deepEqual(
      portAudioMicrophonesOf(
        devices.map((device, id) => ({ ...device, id })),
        [8, 4294967295],
        card => ['PCH', 'Device', 'Device_1', 'sofhdadsp'][card],
      ),
      [
        { name: 'HDA Intel PCH', id: 'PCH', address: '0', isDefault: false },
        { name: 'USB PnP Sound Device (Device)', id: 'Device', address: '2', isDefault: false },
        { name: 'USB PnP Sound Device (Device_1)', id: 'Device_1', address: '3', isDefault: false },
        { name: 'sof-hda-dsp, device 6', id: 'sofhdadsp', address: '4', isDefault: false },
        { name: 'nursery', address: '6', isDefault: false },
        { name: 'default', address: '8', isDefault: true },
      ],
    );
  });

  it('takes one of the interfaces that PortAudio has on Windows', () => {
    const name = 'Microphone (USB PnP Sound Device)';
    const devices = [
      device(name.slice(0, 31), 1, 'MME'),
      device(name, 1, 'Windows DirectSound'),
      device(name, 1, 'Windows WASAPI'),
    ];
    assert.deepEqual(
      portAudioMicrophonesOf(
        devices.map((device, id) => ({ ...device, id })),
        [0, 1, 2],
      ),
      [{ name, address: '1', isDefault: true }],
    );
  });

  it('takes from arecord each card once, through its conversions', () => {
    const printed = `null
    Discard all samples (playback) or generate zero samples (capture)
speexrate
    Rate Converter Plugin Using Speex Resampler
default
hw:CARD=Device,DEV=0
    USB PnP Sound Device, USB Audio
    Direct hardware device without any conversions
plughw:CARD=Device,DEV=0
    USB PnP Sound Device, USB Audio
    Hardware device with all software conversions
plughw:CARD=Device_1,DEV=1
    USB PnP Sound Device, USB Audio #1
    Hardware device with all software conversions
dsnoop:CARD=Device,DEV=0
    USB PnP Sound Device, USB Audio
    Direct sample snooping device
nursery
    The one over the cot
`;
    assert.deepEqual(alsaMicrophonesOf(printed), [
      { name: 'default', address: 'default', isDefault: true },
      { name: 'USB PnP Sound Device', id: 'Device', address: 'plughw:CARD=Device,DEV=0', isDefault: false },
      {
        name: 'USB PnP Sound Device, device 1',
        id: 'Device_1',
        address: 'plughw:CARD=Device_1,DEV=1',
        isDefault: false,
      },
      { name: 'nursery', address: 'nursery', isDefault: false },
    ]);
  });

  it('calls a card without a description by its id', () => {
    assert.deepEqual(alsaMicrophonesOf('plughw:CARD=Loopback,DEV=0\nnursery\n'), [
      { name: 'Loopback', id: 'Loopback', address: 'plughw:CARD=Loopback,DEV=0', isDefault: false },
      { name: 'nursery', address: 'nursery', isDefault: false },
    ]);
  });

  it('leaves none of two equal microphones the bare name, by which the other could be taken for it', () => {
    const card = (id: string): string => `plughw:CARD=${id},DEV=0\n    USB PnP Sound Device, USB Audio\n`;
    assert.deepEqual(namesOf(alsaMicrophonesOf(card('Device') + card('Device_1'))), [
      'USB PnP Sound Device (Device)',
      'USB PnP Sound Device (Device_1)',
    ]);
    const source = (name: string): string => `Source #0\n\tName: ${name}\n\tDescription: CM108\n`;
    assert.deepEqual(namesOf(pulseMicrophonesOf(source('alsa_input.usb') + source('alsa_input.usb.2'), '')), [
      'CM108 (alsa_input.usb)',
      'CM108 (alsa_input.usb.2)',
    ]);
    const line = (number: number): string => `[AVFoundation indev @ 0x1] [${number}] USB PnP Sound Device\n`;
    assert.deepEqual(
      namesOf(avFoundationMicrophonesOf(`AVFoundation audio devices:\n${line(0)}${line(1)}`)),
      ['USB PnP Sound Device (1)', 'USB PnP Sound Device (2)'],
    );
  });

  it('finds a microphone by the name that it had beside an equal one, which is unplugged now', () => {
    const [left] = alsaMicrophonesOf('plughw:CARD=Device_1,DEV=0\n    USB PnP Sound Device, USB Audio\n');
    assert.equal(left.name, 'USB PnP Sound Device');
    assert.ok(hasName(left, 'USB PnP Sound Device'));
    assert.ok(hasName(left, 'USB PnP Sound Device (Device_1)'));
    assert.ok(!hasName(left, 'USB PnP Sound Device (Device)'));
  });

  it('takes from ffmpeg what arecord would show', () => {
    const printed = `Auto-detected sources for alsa:
  null [Discard all samples (playback) or generate zero samples (capture)] (none)
* default [Default ALSA Output (currently PipeWire Media Server)] (none)
  hw:CARD=Device,DEV=0 [Direct hardware device without any conversions] (none)
  plughw:CARD=Device,DEV=0 [Hardware device with all software conversions] (none)
`;
    assert.deepEqual(ffmpegAlsaMicrophonesOf(printed), [
      { name: 'default', address: 'default', isDefault: true },
      { name: 'Device', address: 'plughw:CARD=Device,DEV=0', isDefault: false },
    ]);
  });

  it('takes from PulseAudio no echo of a loudspeaker, and calls a card as ALSA does', () => {
    const printed = `Source #0
	State: SUSPENDED
	Name: alsa_output.usb.analog-stereo.monitor
	Description: Monitor of USB PnP Sound Device
	Properties:
		device.class = "monitor"
		alsa.card_name = "USB PnP Sound Device"

Source #1
	State: RUNNING
	Name: alsa_input.usb.mono-fallback
	Description: CM108 Audio Controller Mono
	Properties:
		alsa.card_name = "USB PnP Sound Device"
		alsa.device = "0"
		device.class = "sound"

Source #2
	State: SUSPENDED
	Name: bluez_input.00_11
	Description: Babyphon Küche
	Properties:
		device.class = "sound"
`;
    const info = 'Server Name: PulseAudio\nDefault Sink: x\nDefault Source: bluez_input.00_11\nCookie: 0';
    assert.deepEqual(pulseMicrophonesOf(printed, info), [
      {
        name: 'USB PnP Sound Device',
        id: 'alsa_input.usb.mono-fallback',
        address: 'alsa_input.usb.mono-fallback',
        isDefault: false,
      },
      {
        name: 'Babyphon Küche',
        id: 'bluez_input.00_11',
        address: 'bluez_input.00_11',
        isDefault: true,
      },
    ]);
  });

  it('takes from macOS what stands below the heading of audio', () => {
    const printed = `[AVFoundation indev @ 0x13c6040f0] AVFoundation video devices:
[AVFoundation indev @ 0x13c6040f0] [0] FaceTime HD Camera
[AVFoundation indev @ 0x13c6040f0] [1] Capture screen 0
[AVFoundation indev @ 0x13c6040f0] AVFoundation audio devices:
[AVFoundation indev @ 0x13c6040f0] [0] MacBook Pro Microphone
[AVFoundation indev @ 0x13c6040f0] [1] USB PnP Sound Device
: Input/output error
`;
    assert.deepEqual(avFoundationMicrophonesOf(printed), [
      { name: 'MacBook Pro Microphone', address: '0', isDefault: false },
      { name: 'USB PnP Sound Device', address: '1', isDefault: false },
    ]);
  });

  it('takes from Windows the audio devices, the first as default', () => {
    const printed = [
      '[dshow @ 000001] "Integrated Camera" (video)',
      '[dshow @ 000001]   Alternative name "@device_pnp_\\\\?\\usb#vid_0c45"',
      '[dshow @ 000001] "Mikrofon (High Definition Audio)" (audio)',
      '[dshow @ 000001]   Alternative name "@device_cm_{33D9A762}\\wave_{E26AD2BE}"',
      'dummy: Immediate exit requested',
    ].join('\r\n');
    assert.deepEqual(directShowMicrophonesOf(printed), [
      {
        name: 'Mikrofon (High Definition Audio)',
        id: '@device_cm_{33D9A762}\\wave_{E26AD2BE}',
        address: '@device_cm_{33D9A762}\\wave_{E26AD2BE}',
        isDefault: true,
      },
    ]);
  });

  it('takes nothing from an empty list or a complaint', () => {
    assert.deepEqual(portAudioMicrophonesOf([], []), []);
    assert.deepEqual(alsaMicrophonesOf(''), []);
    assert.deepEqual(pulseMicrophonesOf('', ''), []);
    for (const printed of [
      '',
      "Unknown input format: 'alsa'\n",
      '[dshow @ 1] Could not enumerate audio devices.\n',
    ]) {
      assert.deepEqual(ffmpegAlsaMicrophonesOf(printed), []);
      assert.deepEqual(avFoundationMicrophonesOf(printed), []);
      assert.deepEqual(directShowMicrophonesOf(printed), []);
    }
  });
});

function namesOf(microphones: FoundMicrophone[]): string[] {
  return microphones.map(({ name }) => name);
}

function device(
  name: string,
  maxInputChannels: number,
  hostAPIName = 'ALSA',
): { name: string; maxInputChannels: number; hostAPIName: string } {
  return { name, maxInputChannels, hostAPIName };
}
