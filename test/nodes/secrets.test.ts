import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WebSocket } from 'ws';
import { commandLines } from '../command-lines.js';
import { RtspCamera } from '../rtsp/rtsp-camera.js';
import { needTools } from '../tools.js';
import { NodeRedProcess } from './node-red-process.js';
import { filesIn, reveals } from './reveals.js';

/** What tells the password apart in any text, be the characters around it encoded or not. */
const MARK = 'Crocodile7Lullaby';
const PASSWORD = `ä/@ ${MARK}:%41'"&=`;
const LOGIN = { user: 'admin', password: PASSWORD };

const SETTINGS = { logging: { console: { level: 'trace', metrics: true, audit: true } } };

describe('the password of a camera, and the key of Baby Buddy,', function () {
  this.timeout(150_000);
  let userDir: string;
  let nodeRed: NodeRedProcess;
  let good: RtspCamera;
  let strict: RtspCamera;
  let broken: Server;
  /** All that was seen anywhere, by the place. */
  const seen = { toEditor: '', answers: '' };
  const commands = new Set<string>();
  const cleanUps: (() => unknown)[] = [];

  before(async function () {
    needTools(this, 'ffmpeg');
    good = new RtspCamera({ login: { scheme: 'Digest', ...LOGIN } });
    strict = new RtspCamera({ login: { scheme: 'Basic', user: 'admin', password: 'another' } });
    for (const camera of [good, strict]) {
      await camera.start();
      cleanUps.push(() => camera.stop());
    }
    // ffmpeg tells the whole address of what answers like this.
    broken = createServer((_request, response) => response.writeHead(418).end()).listen(0, '127.0.0.1');
    await once(broken, 'listening');
    cleanUps.push(() => broken.close());

    userDir = mkdtempSync(path.join(tmpdir(), 'deepinfant-'));
    nodeRed = new NodeRedProcess(userDir, SETTINGS);
    cleanUps.push(async () => {
      await nodeRed.stop();
      rmSync(userDir, { recursive: true });
    });
    const watching = setInterval(() => {
      for (const command of commandLines()) commands.add(command);
    }, 20);
    cleanUps.push(() => {
      clearInterval(watching);
    });
    await nodeRed.start();
    const { url } = nodeRed;
    const comms = new WebSocket(`${url.replace('http', 'ws')}comms`);
    cleanUps.push(() => {
      comms.terminate();
    });
    comms.on('message', (data: Buffer) => {
      seen.toEditor += data.toString();
    });
    await once(comms, 'open');
    comms.send('{"subscribe":"status/#"}');
  });
  after(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  });

  async function ask(method: string, route: string, body?: object): Promise<string> {
    const headers = { 'Content-Type': 'application/json', 'Node-RED-API-Version': 'v2' };
    const response = await fetch(nodeRed.url + route, {
      method,
      headers,
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(40_000),
    });
    const text = await response.text();
    assert.ok(response.ok, `${route}: ${response.status} ${text}`);
    seen.answers += text;
    return text;
  }

  it('shows in no process list, log, status, message, file and export, whatever the camera does', async () => {
    const absent = 'rtsp://127.0.0.1:1/live';
    const addresses = {
      heard: good.url,
      refused: strict.url,
      absent,
      broken: `http://127.0.0.1:${(broken.address() as AddressInfo).port}/flv?password={password}`,
    };
    const shared = { z: 'tab', x: 0, y: 0 };
    const debug = { type: 'debug', active: true, tosidebar: true, console: true, complete: 'true' };
    const all = { ...shared, scope: null, wires: [['debug']] };
    const flows = [
      { id: 'tab', type: 'tab', label: 'test' },
      ...Object.entries(addresses).map(([id, address]) => ({
        ...shared,
        id,
        name: id,
        type: 'deepinfant-audio',
        kind: 'camera',
        url: address,
        wires: [['debug'], ['debug']],
        credentials: LOGIN,
      })),
      {
        id: 'mia',
        type: 'deepinfant-baby',
        babyBuddy: `127.0.0.1:${(broken.address() as AddressInfo).port}`,
        credentials: { token: MARK },
      },
      { ...shared, id: 'reason', type: 'deepinfant-reason', baby: 'mia', wires: [['debug'], ['debug']] },
      { ...shared, ...debug, id: 'debug' },
      { ...all, id: 'status', type: 'status' },
      { ...all, id: 'catch', type: 'catch' },
    ];
    await ask('POST', 'flows', { flows });
    const stateOf = (id: string, state: string): RegExp =>
      new RegExp(`source: '${id}',\\s+state: '${state}'`);
    await nodeRed.until(stateOf('heard', 'running'));
    good.drop();
    await nodeRed.until(stateOf('heard', 'backoff'));
    await nodeRed.until(stateOf('refused', 'failed'));
    await nodeRed.until(stateOf('absent', 'backoff'));
    await nodeRed.until(stateOf('broken', 'backoff'));
    await nodeRed.until(/does not seem to be Baby Buddy/);

    for (const [id, address] of Object.entries(addresses)) {
      const question = { id, kind: 'camera', url: address, user: LOGIN.user, password: '__PWRD__' };
      await ask('POST', 'deepinfant-audio/test', question);
      await ask('GET', `credentials/deepinfant-audio/${id}`);
    }
    await ask('POST', 'deepinfant-baby/trouble', { id: 'mia' });
    await ask('GET', 'credentials/deepinfant-baby/mia');
    const exported = await ask('GET', 'flows');
    await ask('GET', 'flow/tab');

    const files = filesIn(userDir);
    for (const name of ['flows.json', 'flows_cred.json'])
      assert.ok(
        files.some(file => file.endsWith(name)),
        name,
      );
    const places = {
      ...seen,
      output: nodeRed.output,
      commands: [...commands].join('\n'),
      ...Object.fromEntries(files.map(file => [file, readFileSync(file, 'latin1')])),
    };
    assert.ok(exported.includes(good.url) && places.commands.includes('ffmpeg'));
    assert.match(places.output, /\[trace\]/);
    assert.ok(places.answers.includes('/flv?password={password} sends no sound'));
    assert.ok(places.toEditor.includes('status/refused') && places.toEditor.includes('debug'));
    for (const [place, text] of Object.entries(places)) assert.ok(!reveals(text, MARK), place);
  });

  it('would be seen in any encoding', () => {
    const percent = Array.from(Buffer.from(PASSWORD), byte => `%${byte.toString(16).padStart(2, '0')}`).join(
      '',
    );
    const basic = Buffer.from(`admin:${PASSWORD}`).toString('base64');
    const spellings = [PASSWORD, encodeURIComponent(PASSWORD), percent, encodeURIComponent(percent), basic];
    for (const spelling of [...spellings, Buffer.from(PASSWORD).toString('hex'), JSON.stringify(PASSWORD)])
      assert.ok(reveals(`x${spelling}y`, MARK), spelling);
    assert.ok(!reveals('Crocodile', MARK));
  });
});
