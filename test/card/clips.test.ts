import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { nurseryScene } from '../../src/synth/scene.js';
import { phoneUrl } from '../../src/hass/notify/phone-url.js';
import { type AudioChunk, type CryEvent, SAMPLE_RATE } from '../../src/values.js';
import { homeAssistantOfSuite } from '../home-assistant/home-assistant.js';
import { type FlowNode, type RunningFlow, runFlow, stopFlow } from '../nodes/flow.js';
import { needTools } from '../tools.js';
import { until } from '../until.js';
import { cardIn, Dashboard } from './dashboard.js';

/** What the test looks at, in the page. */
interface Shown {
  naturalWidth: number;
  duration: number;
  currentTime: number;
  muted: boolean;
  play(): Promise<void>;
}

describe('Clips, from the cry to the dashboard', function () {
  this.timeout(60_000);
  before(function () {
    needTools(this, 'chromium', 'ffmpeg');
  });
  const home = homeAssistantOfSuite();
  let flow: RunningFlow;
  let dashboard: Dashboard;

  before(async () => {
    dashboard = await Dashboard.create(home());
    const nodes: FlowNode[] = [
      { id: 'mia', type: 'deepinfant-baby', name: 'Mia', soundFolder: path.join(home().media, 'deepinfant') },
      { id: 'detector', type: 'deepinfant-detector', wires: [['reason'], []] },
      { id: 'reason', type: 'deepinfant-reason', baby: 'mia', wires: [['journal'], []] },
      { id: 'journal', type: 'deepinfant-journal', baby: 'mia', wires: [['entities', 'cries'], []] },
      { id: 'entities', type: 'deepinfant-entities', name: 'Mia', broker: 'mqtt', wires: [[], [], []] },
      { id: 'cries', type: 'probe' },
      { id: 'mqtt', type: 'mqtt-broker', broker: '127.0.0.1', port: String(home().broker.port) },
    ];
    flow = await runFlow(nodes);
  });
  after(async () => {
    await dashboard.close();
    await stopFlow();
  });

  it('are kept by the journal, found and played by the card, and in reach of a phone', async () => {
    const media = 'media-source://media_source/local/deepinfant';
    const device = await dashboard.deviceId('deepinfant_mia');
    await dashboard.show({ type: 'custom:deepinfant-card', device, media });
    const card = cardIn(await dashboard.open({ width: 390 }));
    await card.getByText('Mia is quiet').waitFor();

    hearCry();
    await flow.until('cries', ({ payload }) => (payload as CryEvent).state === 'ended');
    const picture = card.getByRole('img', { name: 'Spectrogram of the last cry' });
    await picture.waitFor();
    const width = (): Promise<number> => picture.evaluate(image => (image as unknown as Shown).naturalWidth);
    await until(async () => (await width()) > 100, 'the picture');
    const played = await card.locator('audio').evaluate(async element => {
      const sound = element as unknown as Shown;
      sound.muted = true;
      await sound.play();
      await new Promise(resolve => setTimeout(resolve, 500));
      return { durationS: sound.duration, positionS: sound.currentTime };
    });
    assert(played.durationS > 5, `${played.durationS} s`);
    assert(played.positionS > 0);

    // What the notify node makes of the paths that the journal gives, where Node-RED has Home Assistant's media at /media.
    const kept = await readdir(path.join(home().media, 'deepinfant', 'baby-mia'));
    assert.deepEqual(kept.map(file => path.extname(file)).sort(), ['.mp3', '.png']);
    for (const file of kept) {
      const url = phoneUrl(`/media/deepinfant/baby-mia/${file}`)!;
      const headers = { Authorization: `Bearer ${home().token}` };
      assert.equal((await fetch(home().url + url, { headers })).status, 200, url);
    }
  });

  /** What a source would send in a minute with a cry. */
  function hearCry(): void {
    const { samples } = nurseryScene(2);
    const begin = Date.now() - (1000 * samples.length) / SAMPLE_RATE;
    for (let firstSample = 0; firstSample < samples.length; firstSample += SAMPLE_RATE) {
      const chunk: AudioChunk = {
        samples: samples.slice(firstSample, firstSample + SAMPLE_RATE),
        firstSample,
        at: begin + (1000 * firstSample) / SAMPLE_RATE,
        source: 'cot',
        lost: 0,
      };
      flow.send('journal', { payload: chunk });
      flow.send('detector', { payload: chunk });
    }
  }
});
