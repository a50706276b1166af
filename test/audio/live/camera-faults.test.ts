import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CameraOptions } from '../../../src/audio/live/camera-capture.js';
import { RtspCamera } from '../../rtsp/rtsp-camera.js';
import { needTools } from '../../tools.js';
import { tries } from '../../tries.js';
import { until } from '../../until.js';
import { rms } from '../signals.js';
import { gapIn, Listening } from './camera-listening.js';

/** The last half second. */
function lastOf(samples: Float32Array): Float32Array {
  return samples.subarray(samples.length - 8000);
}

/** Seconds that are silent to the bit. */
function gapOf(samples: Float32Array): number {
  return samples.filter((sample, i) => sample === 0 && samples[i - 1] === 0).length / 16000;
}

/**
 * Fails unless about as much was heard as the camera offered meanwhile: by its count, as a busy machine delays both. What was
 * on its way before may come on top, and some of it may still be on its way.
 */
function assertAsOffered(samples: number, offeredS: number): void {
  const heardS = samples / 16000;
  assert(Math.abs(heardS - offeredS) < 1, `heard ${heardS} s of ${offeredS} s`);
}

describe('a camera', function () {
  const cameras: RtspCamera[] = [];

  async function start(
    tracks: ConstructorParameters<typeof RtspCamera>[0],
    settings: Partial<RtspCamera> = {},
  ): Promise<RtspCamera> {
    const camera = Object.assign(new RtspCamera(tracks), settings);
    cameras.push(camera);
    await camera.start();
    return camera;
  }

  async function hear<T>(
    camera: RtspCamera,
    options: CameraOptions,
    act: (listening: Listening) => Promise<T>,
  ): Promise<T> {
    const listening = new Listening(camera.url, undefined, options);
    try {
      return await act(listening);
    } finally {
      await listening.stop();
    }
  }

  before(function () {
    needTools(this, 'ffmpeg');
  });
  afterEach(() => Promise.all(cameras.splice(0).map(camera => camera.stop())));

  describe('with several audio tracks', () => {
    it('is heard on the one that sounds', async () => {
      const all = [
        ['the first is silent', ['PCMA', 'L16'], ['silence', 'signal'], 2],
        ['the first never sends', ['L16', 'PCMU'], ['nothing', 'signal'], 2],
        ['only the third sounds', ['L16', 'PCMA', 'L16'], ['silence', 'nothing', 'signal'], 3],
        ['the second is silent', ['L16', 'PCMA'], ['signal', 'silence'], 1],
        ['all sound', ['PCMA', 'PCMU'], ['signal', 'signal'], 1],
      ] as const;
      const hearRight = async ([what, audio, sounds, track]: (typeof all)[number]): Promise<void> => {
        const camera = await start({ audio, video: true }, { sounds });
        await hear(camera, {}, async listening => {
          await until(
            () => listening.formats.at(-1)?.track === track && rms(lastOf(listening.samples)) > 0.1,
            () => `sound where ${what}: ${JSON.stringify(listening.formats)}`,
          );
          assert.equal(listening.formats.at(-1)!.channels, 1, what);
          await until(
            () => listening.tracks.filter(({ levelsDb: [db] }) => db !== null && db > -85).length > 0,
            () => `levels where ${what}: ${JSON.stringify(listening.tracks)}`,
          );
          const levels = listening.tracks.map(({ levelsDb: [db] }) => db);
          assert.deepEqual(
            levels.map(db => (db === null ? 'nothing' : db > -85 ? 'signal' : 'silence')),
            sounds,
            what,
          );
        });
      };
      await Promise.all(all.map(hearRight));
    }).timeout(40_000);

    it('is heard on the one that sounds over UDP, and beside tracks that ffmpeg does not understand', async () => {
      const all = [
        [['L16', 'PCMU'], { sounds: ['nothing', 'signal'], transports: ['UDP'] }],
        [['LATM of two programs', 'L16'], {}],
        [['AAC with wrong headers', 'PCMA'], {}],
      ] as const;
      const hearSecond = async ([audio, settings]: (typeof all)[number]): Promise<void> => {
        const camera = await start({ audio, video: true }, settings);
        await hear(camera, {}, async listening => {
          await until(
            () => listening.formats.at(-1)?.track === 2 && rms(lastOf(listening.samples)) > 0.1,
            () => `the second of ${audio.join(', ')}`,
          );
        });
      };
      await Promise.all(all.map(hearSecond));
    });

    it('is heard on the other one when the one that is heard falls silent', async () => {
      const camera = await start({ audio: ['L16', 'PCMA'] });
      await hear(camera, {}, async listening => {
        await listening.hear(1);
        assert.equal(listening.formats.at(-1)!.track, 1);
        camera.sounds = ['nothing', 'signal'];
        await until(() => listening.formats.at(-1)!.track === 2, 'the second track');
        camera.sounds = ['signal', 'silence'];
        await until(() => listening.formats.at(-1)!.track === 1, 'the first track');
      });
    });

    it('is heard on the one that was chosen, and says what there is', async () => {
      const camera = await start({ audio: ['PCMA', 'L16'] });
      await hear(camera, { track: 2 }, async listening => {
        await listening.hear(0.5);
        assert.deepEqual(listening.formats, [
          { codec: 'pcm_s16be', sampleRate: 16000, channels: 1, track: 2 },
        ]);
        assert.equal(gapIn(listening.samples), 0);
      });
      await hear(camera, { track: 3 }, async listening => {
        const { kind, message } = await listening.ended;
        assert.equal(kind, 'no-audio');
        assert.match(message, /no audio track 3, but 2/);
      });
    });
  });

  describe('that sets its clock', () => {
    /** Hears a camera for some time before and after it steps its clock: nothing is lost, and no gap is heard. */
    const hearStep = async (
      camera: RtspCamera,
      codec: string,
      what: string,
      {
        beforeS,
        afterS,
        step,
        clockSteps,
      }: { beforeS: number; afterS: number; step: () => void; clockSteps: number },
    ): Promise<void> => {
      await hear(camera, {}, async listening => {
        await listening.hear(beforeS);
        const startS = camera.offeredS;
        const before = listening.samples.length;
        step();
        await listening.hear(before / 16000 + afterS);
        assertAsOffered(listening.samples.length - before, camera.offeredS - startS);
        assert.equal(listening.clockSteps, clockSteps, what);
        if (codec === 'L16') assert.equal(gapIn(listening.samples), 0, what);
        else assert(rms(listening.samples.subarray(before)) > 0.1, what);
      });
    };
    const nameOf = (stepS: number, codec: string, video: boolean): string =>
      `${codec} by ${stepS} s${video ? ', with a picture' : ''}`;

    it('loses nothing and goes on, whatever it sets it by, with a picture and without', async () => {
      const steps = [
        [5, 'L16', false],
        [-3, 'L16', false],
        [-30, 'L16', true],
        [3600, 'L16', true],
        [5, 'PCMA', true],
        [-30, 'PCMU', false],
      ] as const;
      const hearOne = async ([stepS, codec, video]: (typeof steps)[number]): Promise<void> => {
        const camera = await start({ audio: codec, video }, { audioOnlyStatus: video ? 454 : 200 });
        const step = (): void => void (camera.clockErrorS = stepS);
        await hearStep(camera, codec, nameOf(stepS, codec, video), {
          beforeS: 1,
          afterS: 1.5,
          step,
          clockSteps: 1,
        });
      };
      // Where sound is late as the clock is set, some silence is put in.
      await Promise.all(steps.map(one => tries(3, () => hearOne(one))));
    }).timeout(60_000);

    it('loses nothing where only its sender reports say so, with a picture and without', async () => {
      const steps = [
        [5, 'L16', true],
        [-3, 'L16', true],
        [-30, 'PCMA', true],
        [3600, 'L16', true],
        [-30, 'L16', false],
      ] as const;
      const hearOne = async ([stepS, codec, video]: (typeof steps)[number]): Promise<void> => {
        const settings = { audioOnlyStatus: video ? 454 : 200, wallClockErrorS: 0 };
        const camera = await start({ audio: codec, video }, settings);
        const step = (): void => void (camera.wallClockErrorS = stepS);
        // ffmpeg takes the time from the reports where it has several tracks to bring together.
        const clockSteps = video ? 1 : 0;
        await hearStep(camera, codec, nameOf(stepS, codec, video), {
          beforeS: 2.5,
          afterS: 3,
          step,
          clockSteps,
        });
      };
      await Promise.all(steps.map(one => tries(3, () => hearOne(one))));
    }).timeout(60_000);

    it('loses nothing where its stream begins anew, with other sequence numbers and timestamps', async () => {
      const all = [
        ['L16', false],
        ['PCMA', true],
        ['PCMU', false],
      ] as const;
      const hearAnew = async ([codec, video]: (typeof all)[number]): Promise<void> => {
        const camera = await start({ audio: codec, video }, { audioOnlyStatus: video ? 454 : 200 });
        await hear(camera, {}, async listening => {
          await listening.hear(1);
          const startS = camera.offeredS;
          const before = listening.samples.length;
          camera.stream++;
          await listening.hear(before / 16000 + 2);
          assertAsOffered(listening.samples.length - before, camera.offeredS - startS);
        });
      };
      await Promise.all(all.map(one => tries(3, () => hearAnew(one))));
    }).timeout(60_000);

    it('adds nothing where its timestamps run at another speed than its sound', async () => {
      const all = [
        ['PCMA', 2],
        ['L16', 1.5],
        ['PCMU', 3],
        ['PCMA', 0.5],
      ] as const;
      const hearAsSent = async ([codec, clockSpeed]: (typeof all)[number]): Promise<void> => {
        const camera = await start({ audio: codec }, { clockSpeed });
        await hear(camera, {}, async listening => {
          await listening.hear(1);
          const startS = camera.offeredS;
          const before = listening.samples.length;
          await listening.hear(before / 16000 + 3);
          assertAsOffered(listening.samples.length - before, camera.offeredS - startS);
          assert.ok(
            gapOf(listening.samples) < 0.2,
            `${codec} at ${clockSpeed}: ${gapOf(listening.samples)} s`,
          );
        });
      };
      await Promise.all(all.map(one => tries(3, () => hearAsSent(one))));
    }).timeout(60_000);

    const keepTime = async (): Promise<void> => {
      const camera = await start({});
      await hear(camera, {}, async listening => {
        for (const clockErrorS of [5, 2, -28]) {
          await listening.hear(listening.samples.length / 16000 + 0.5);
          camera.clockErrorS = clockErrorS;
        }
        await listening.hear(listening.samples.length / 16000 + 0.5);
        camera.sends = 'nothing';
        const startS = camera.offeredS;
        await sleep(1000);
        camera.sends = 'all';
        const withheldS = camera.offeredS - startS;
        await listening.hear(listening.samples.length / 16000 + withheldS + 0.5);
        assert.equal(listening.clockSteps, 3);
        const gapS = gapIn(listening.samples) / 16000;
        assert(Math.abs(gapS - withheldS) < 0.1, `a gap of ${gapS} s, not of ${withheldS} s`);
      });
    };
    it('counts each step, and still keeps the time over what was not sent', () => tries(3, keepTime)).timeout(
      60_000,
    );
  });

  describe('that declares a wrong rate', () => {
    it('is heard at the right one', async () => {
      const wrong = [
        ['L16 at 16 kHz, said to be 8 kHz', 8000, 16000],
        ['L16 at 8 kHz, said to be 16 kHz', 16000, 8000],
        ['PCMA at 16 kHz', 8000, 16000],
      ] as const;
      const hearRight = async ([audio, declaredRate, sampleRate]: (typeof wrong)[number]): Promise<void> => {
        const camera = await start({ audio });
        await hear(camera, {}, async listening => {
          await until(() => listening.formats.at(-1)?.declaredRate === declaredRate, audio, 50_000);
          assert.equal(listening.formats.at(-1)!.sampleRate, sampleRate);
          const before = listening.samples.length;
          await listening.hear(before / 16000 + 0.5);
          const startS = camera.offeredS;
          const from = listening.samples.length;
          await listening.hear(from / 16000 + 3);
          assertAsOffered(listening.samples.length - from, camera.offeredS - startS);
        });
      };
      await Promise.all(wrong.map(hearRight));
    }).timeout(80_000);
  });

  describe('that needs time', () => {
    it('is waited for: 8 s or 12 s to the first answer, with a login, too, 15 s from PLAY to the sound', async () => {
      const slow = await Promise.all([
        start({}, { answerDelayMs: 8000 }),
        start({ audio: 'PCMA', video: true }, { answerDelayMs: 12_000 }),
        start({ video: true }, { playDelayMs: 15_000 }),
        // One patience for both: a new one for each step would have been at its end sooner.
        start({ audio: 'PCMU' }, { answerDelayMs: 8000, playDelayMs: 10_000 }),
      ]);
      const login = { scheme: 'Digest', user: 'me', password: 'secret' } as const;
      const withLogin = new Listening((await start({ login }, { answerDelayMs: 8000 })).url, login);
      await Promise.all([
        ...slow.map(camera => hear(camera, {}, listening => listening.hear(0.5, 55_000))),
        withLogin.hear(0.2, 55_000),
      ]);
      await withLogin.stop();
    }).timeout(60_000);
  });

  describe('that ffmpeg does not understand', () => {
    for (const [audio, says] of [
      [
        'AAC with wrong headers',
        /AU|header|channel element|Input buffer|Reserved|prediction|invalid|overread|decod/i,
      ],
      ['AAC without a head', /AU|header/i],
      ['L8', /a format that ffmpeg does not know/],
      ['LATM of two programs', /LATM|program|audioMuxVersion|implemented|config/i],
    ] as const)
      it(`says what is wrong: ${audio}`, async () => {
        const camera = await start({ audio });
        await hear(camera, { openMs: 4000 }, async listening => {
          const said = await Promise.race([
            listening.ended.then(({ message }) => message),
            until(() => audio !== 'L8' && listening.complaints.length > 0, 'a complaint').then(() =>
              listening.complaints.join(' '),
            ),
          ]);
          console.log(`      ${said}`);
          assert.match(said, says);
        });
      });
  });

  describe('that sends only while there is something to hear', () => {
    it('is silent in its pauses where that is known', async () => {
      const camera = await start({}, { sends: 'nothing' });
      await hear(camera, { pauses: true }, async listening => {
        await listening.hear(1);
        camera.sends = 'all';
        await until(() => rms(lastOf(listening.samples)) > 0.1, 'sound');
        assert.equal(listening.formats.at(-1)!.pauses, true);
        camera.sends = 'nothing';
        await until(() => rms(lastOf(listening.samples)) === 0, 'silence');
        // For longer than a camera may stall that does not pause.
        const before = listening.samples.length;
        const startS = camera.offeredS;
        await listening.hear(before / 16000 + 5.5);
        assertAsOffered(listening.samples.length - before, camera.offeredS - startS);
        camera.sends = 'all';
        await until(() => rms(lastOf(listening.samples)) > 0.1, 'sound');
        assert.equal(listening.clockSteps, 0);
      });
    }).timeout(60_000);

    it('is found out by its pauses, and waited for from then on', async () => {
      const camera = await start({ audio: 'PCMA' });
      const options = {};
      await hear(camera, options, async listening => {
        for (let i = 0; i < 3; i++) {
          await listening.hear(listening.samples.length / 16000 + 0.5);
          camera.sends = 'nothing';
          await sleep(1500);
          camera.sends = 'all';
        }
        await until(() => listening.formats.at(-1)?.pauses === true, 'pauses');
      });
    });
  });
});
