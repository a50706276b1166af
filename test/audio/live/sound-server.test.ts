import assert from 'node:assert/strict';
import { isMonitor, originOf } from '../../../src/audio/live/sound-server.js';

const OUTPUTS = `Source Output #0
\tDriver: module-echo-cancel.c
\tOwner Module: 7
\tClient: n/a
\tSource: 1
\tProperties:
\t\tmedia.name = "Echo-Cancel Source Stream"

Source Output #4
\tDriver: protocol-native.c
\tOwner Module: 0
\tClient: 5
\tSource: 2
\tProperties:
\t\tdeepinfant.stream = "mark"
`;

const SOURCES = `Source #1
\tState: RUNNING
\tName: usb
\tDescription: USB Microphone
\tOwner Module: 3

Source #2
\tState: RUNNING
\tName: usb.echo-cancel
\tDescription: USB Microphone (without echo)
\tOwner Module: 7
`;

describe('originOf', () => {
  it('names the source of a stream, and what is behind a filter', () => {
    assert.deepEqual(originOf('mark', OUTPUTS, SOURCES), {
      sources: ['usb.echo-cancel', 'usb'],
      description: 'USB Microphone (without echo)',
    });
  });

  it('does not know a stream of another, nor one that is just being moved', () => {
    assert.equal(originOf('other', OUTPUTS, SOURCES), undefined);
    assert.equal(originOf('mark', OUTPUTS.replace('Source: 2', 'Source: 4294967295'), SOURCES), undefined);
    assert.equal(originOf('mark', '', ''), undefined);
  });
});

describe('isMonitor', () => {
  it('tells a loudspeaker from a microphone', () => {
    assert.deepEqual(['alsa_output.pci.analog-stereo.monitor', 'usb', 'monitor'].map(isMonitor), [
      true,
      false,
      false,
    ]);
  });
});
