import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { freePort } from '../free-port.js';
import { Bulb } from '../home-assistant/bulb.js';
import { homeAssistantOfSuite } from '../home-assistant/home-assistant.js';
import { Phone } from '../home-assistant/phone.js';
import { nightZone } from '../night-zone.js';
import { cryAt } from '../reason/cries.js';
import { until } from '../until.js';

describe('Node-RED killed in the middle of a cry', function () {
  this.timeout(120_000);
  const home = homeAssistantOfSuite();
  let userDir: string;
  let url: string;
  let nodeRed: ChildProcess | undefined;
  let output = '';
  let bulb: Bulb;
  let phone: Phone;

  before(async () => {
    // Whenever this runs, the cry is tonight's: the home's zone counts, and Node-RED's until that is known.
    await home().connection.sendMessagePromise({ type: 'config/core/update', time_zone: nightZone() });
    bulb = await Bulb.plugIn(home().broker, 'nursery', ['hs', 'color_temp']);
    await bulb.change({ state: 'ON', brightness: 40, color_temp: 370, color_mode: 'color_temp' });
    phone = await Phone.register(home(), 'Anna');
    userDir = await mkdtemp(path.join(tmpdir(), 'deepinfant-'));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const settings = {
      uiHost: '127.0.0.1',
      uiPort: port,
      flowFile: 'flows.json',
      nodesDir: PACKAGE_ROOT,
      // The credentials as they are written below.
      credentialSecret: false,
      logging: { console: { level: 'trace' } },
      telemetry: { enabled: false, updateNotification: false },
    };
    const placed = { z: 'tab', x: 0, y: 0, wires: [] };
    const flows = [
      { id: 'tab', type: 'tab', label: 'test' },
      { id: 'hass', type: 'deepinfant-hass', url: home().url },
      { id: 'mqtt', type: 'mqtt-broker', broker: '127.0.0.1', port: home().broker.port },
      {
        ...placed,
        id: 'in',
        type: 'http in',
        url: '/cry',
        method: 'post',
        wires: [['light', 'baby', 'notify', 'out']],
      },
      { ...placed, id: 'out', type: 'http response' },
      { ...placed, id: 'light', type: 'deepinfant-light', hass: 'hass', lights: 'light.nursery' },
      {
        ...placed,
        id: 'notify',
        type: 'deepinfant-notify',
        hass: 'hass',
        phones: phone.notify,
        wires: [['answers']],
      },
      { ...placed, id: 'answers', type: 'debug', console: true, complete: 'payload', active: true },
      {
        ...placed,
        id: 'baby',
        type: 'deepinfant-entities',
        name: 'Mia',
        broker: 'mqtt',
        wires: [[], [], []],
      },
    ];
    await writeFile(path.join(userDir, 'settings.js'), `module.exports = ${JSON.stringify(settings)};`);
    await writeFile(path.join(userDir, 'flows.json'), JSON.stringify(flows));
    const credentials = { hass: { token: home().token } };
    await writeFile(path.join(userDir, 'flows_cred.json'), JSON.stringify(credentials));
  });
  after(async () => {
    await stop('SIGKILL');
    await bulb.unplug();
    await rm(userDir, { recursive: true });
  });

  async function start(): Promise<void> {
    const program = path.join(PACKAGE_ROOT, 'node_modules', 'node-red', 'red.js');
    const started = spawn(process.execPath, [program, '--userDir', userDir], {
      env: { ...process.env, TZ: nightZone() },
    });
    nodeRed = started;
    for (const stream of [started.stdout, started.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    await home().untilState('binary_sensor.mia_crying', ({ state }) => state === 'off', 60_000);
  }

  async function stop(signal: NodeJS.Signals): Promise<void> {
    if (nodeRed === undefined) return;
    const ended = once(nodeRed, 'close');
    nodeRed.kill(signal);
    await ended;
    nodeRed = undefined;
  }

  it('gives the light its former state back, tells that it is gone and that nobody cries, takes an answer, and shows no token', async () => {
    await start();
    const cry = { ...cryAt(Date.now()), intensity: 'scream' };
    const headers = { 'Content-Type': 'application/json' };
    await fetch(`${url}/cry`, { method: 'POST', headers, body: JSON.stringify(cry) });
    await home().untilState('binary_sensor.mia_crying', ({ state }) => state === 'on');
    await home().untilState('light.nursery', ({ attributes }) => attributes.color_mode === 'hs');
    await until(() => phone.notifications.length === 1, 'the notification');
    assert.equal(phone.notifications[0].message, 'The baby has been crying for 3 s');
    await stop('SIGKILL');
    await home().untilState('binary_sensor.mia_crying', ({ state }) => state === 'unavailable');
    assert.equal(bulb.state.color_mode, 'hs');

    await start();
    await until(
      () => bulb.state.color_mode === 'color_temp',
      () => JSON.stringify(bulb.state),
    );
    assert.equal(bulb.state.brightness, 40);
    assert.ok(Math.abs(bulb.state.color_temp! - 370) <= 1);
    await home().untilState('sensor.mia_cries_tonight', ({ state }) => state === '1');
    // The buttons that the killed run showed may do nothing: they come again, without a sound.
    await until(() => phone.notifications.length === 2, 'the buttons of the new run');
    assert.equal(phone.notifications[1].data!.alert_once, true);
    await phone.tapTitle('Hungry');
    await until(() => output.includes("answer: 'hungry'"), 'the answer');
    await until(() => phone.notifications.length === 3, 'the update');
    assert.match(phone.notifications[2].message, /Owner said at \d\d:\d\d: hungry$/);
    assert.equal(phone.notifications[2].data!.alert_once, true);
    assert.ok(!output.includes(home().token));
    assert.ok(!(await readFile(path.join(userDir, 'flows.json'), 'utf8')).includes(home().token));
  });
});
