import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import helper from 'node-red-node-test-helper';
import { askDialog, runFlow, stopFlow } from './flow.js';

const LOGIN = { user: 'admin', password: 'lullaby' };
const CAMERA = 'rtsp://192.0.2.7:554/stream1';

describe('what dialogs ask the runtime', () => {
  let sounds: string;
  before(async () => {
    sounds = await mkdtemp(path.join(tmpdir(), 'sounds-'));
    await runFlow(
      [
        { id: 'camera', type: 'deepinfant-audio', kind: 'camera', url: CAMERA },
        { id: 'baby', type: 'deepinfant-baby', name: 'Mia', soundFolder: sounds },
      ],
      { camera: LOGIN },
    );
  });
  after(async () => {
    await stopFlow();
    await rm(sounds, { recursive: true });
  });

  const routes = [
    'deepinfant-audio/test',
    'deepinfant-audio/cameras',
    'deepinfant-audio/level',
    'deepinfant-baby/forget',
    'deepinfant-baby/trouble',
    'deepinfant-detector/look',
    'deepinfant-hass/test',
  ];
  for (const route of routes)
    it(`is not answered to a form of another page: ${route}`, async () => {
      const { status } = await helper.request().post(`/${route}`).type('form').send({ id: 'baby' });
      assert.equal(status, 415);
    });

  it('forgets a baby without deleting files in the sound folder that are not sound of cries', async () => {
    await mkdir(path.join(sounds, 'baby-baby'));
    const files = ['2026-11-29T03-15-00Z-1795921200000-0123abcd.mp3', 'holiday.jpg'].map(name =>
      path.join(sounds, 'baby-baby', name),
    );
    for (const file of files) await writeFile(file, '');
    assert.deepEqual(await askDialog('deepinfant-baby/forget', { id: 'baby' }), {});
    assert.deepEqual(files.map(existsSync), [false, true]);
  });

  it('is answered to the editor', async () => {
    assert.deepEqual(await askDialog('deepinfant-baby/trouble', { id: 'baby' }), {
      files: [],
      babyBuddy: [],
    });
  });

  it('never sends a stored password to another server than the one it was stored for', async () => {
    let connections = 0;
    const thief = createServer(socket => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>(resolve => {
      thief.listen(0, '127.0.0.1', resolve);
    });
    const { port } = thief.address() as AddressInfo;
    try {
      for (const url of [
        `rtsp://127.0.0.1:${port}/stream1`,
        `rtsp://192.0.2.7:/@127.0.0.1:${port}/stream1`,
        `rtsp://192.0.2.7:554\\@127.0.0.1:${port}/stream1`,
        `rtsp://192.0.2.7:555/stream1`,
        'rtsp://192.0.2.8/stream1',
        '',
      ]) {
        const question = { id: 'camera', kind: 'camera', url, user: LOGIN.user, password: '__PWRD__' };
        const { error } = await askDialog<{ error?: string }>('deepinfant-audio/test', question);
        assert.equal(error, 'deepinfant-audio.test.password', url);
      }
      assert.equal(connections, 0);
    } finally {
      thief.close();
    }
  });
});
