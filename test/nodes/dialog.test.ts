import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { nurseryScene } from '../../src/synth/scene.js';
import { VirtualMicrophone } from '../microphone/virtual-microphone.js';
import { OnvifDevice } from '../onvif/device.js';
import { RtspCamera } from '../rtsp/rtsp-camera.js';
import { needTools } from '../tools.js';
import { until } from '../until.js';
import { LANGUAGES, type NodeType, texts } from './editor.js';
import { openDialog, openEditor } from './editor-page.js';

const CONFIG_TYPES = ['deepinfant-hass', 'deepinfant-baby'];
/** Not found by another run of these tests. */
const CAMERA = `cot-camera-${process.pid}`;
const LOGIN = { user: 'admin', password: 'lullaby@7' };

const AXE = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');

describe('the audio node’s dialog in a browser', function () {
  this.timeout(90_000);
  let camera: RtspCamera;
  let device: OnvifDevice;
  let microphone: VirtualMicrophone;
  let page: Page;
  let close: () => Promise<void>;

  before(async function () {
    needTools(this, 'ffmpeg', 'chromium', 'arecord', 'pulseaudio');
    camera = new RtspCamera({ audio: 'PCMA', login: { ...LOGIN, scheme: 'Digest' } });
    await camera.start();
    const audio = { encoding: 'G711', sampleRate: 8 };
    device = await OnvifDevice.start({
      id: CAMERA,
      scopes: `onvif://www.onvif.org/name/${CAMERA}`,
      login: LOGIN,
      profiles: [{ token: 'a', audio, uri: camera.url }],
    });
    microphone = await VirtualMicrophone.start();
    ({ page, close } = await openEditor({ width: 1280, height: 900 }));
    await openDialog(page, 'deepinfant-audio');
  });
  after(async () => {
    await close();
    await microphone.stop();
    await device.stop();
    await camera.stop();
  });

  const result = '.deepinfant-audio-result';

  it('says what comes before a test where no camera is chosen yet', async () => {
    await page.selectOption('#node-input-kind', 'camera');
    for (const [way, says] of [
      ['network', 'Press Find cameras first'],
      ['maker', 'Choose the brand'],
      ['server', 'Enter the server'],
      ['address', "Enter the camera's address first"],
    ]) {
      await page.selectOption('#deepinfant-audio-way', way);
      await page.click('#deepinfant-audio-test');
      assert.match(await page.innerText(result), new RegExp(`^${says}`));
    }
  });

  it('makes a camera’s address of its maker, and says what to switch on', async () => {
    await page.selectOption('#node-input-kind', 'camera');
    await page.selectOption('#deepinfant-audio-way', 'maker');
    await page.locator('#deepinfant-audio-maker option[value=tapo]').waitFor({ state: 'attached' });
    await page.selectOption('#deepinfant-audio-maker', 'tapo');
    await page.fill('#deepinfant-audio-host', '192.0.2.7');
    await page.press('#deepinfant-audio-host', 'Tab');
    await page.waitForFunction("document.querySelector('#node-input-url').value.includes('192.0.2.7')");
    assert.equal(await page.inputValue('#node-input-url'), 'rtsp://192.0.2.7:554/stream2');
    assert.match(await page.innerText('.deepinfant-audio-set-up'), /Camera Account/);
    assert.equal(await page.isVisible('#deepinfant-audio-find'), false);
    await page.selectOption('#deepinfant-audio-maker', '');
    await page.selectOption('#deepinfant-audio-way', 'address');
    assert.equal(await page.isVisible('#deepinfant-audio-maker'), false);
  });

  it('takes user and password out of a pasted address', async () => {
    await page.fill('#node-input-url', 'rtsp://me:a%40b@192.0.2.7/live');
    await page.press('#node-input-url', 'Tab');
    await page.waitForFunction("document.querySelector('#node-input-user').value === 'me'");
    assert.equal(await page.inputValue('#node-input-url'), 'rtsp://192.0.2.7/live');
    assert.equal(await page.inputValue('#node-input-password'), 'a@b');
    await page.fill('#node-input-url', 'http://192.0.2.7/live?loginpas=c%2Fd&x=1');
    await page.press('#node-input-url', 'Tab');
    assert.equal(await page.inputValue('#node-input-url'), 'http://192.0.2.7/live?loginpas={password}&x=1');
    assert.equal(await page.inputValue('#node-input-password'), 'c/d');
  });

  it('finds a camera, and hears it', async () => {
    await page.selectOption('#deepinfant-audio-way', 'network');
    await page.fill('#node-input-user', LOGIN.user);
    await page.fill('#node-input-password', LOGIN.password);
    const found = page.locator('.deepinfant-audio-found button', { hasText: CAMERA });
    // On a busy computer a camera may be too slow. The dialog says so, and to search again.
    const search = async (): Promise<boolean> => {
      await page.click('#deepinfant-audio-find');
      await page.locator('#deepinfant-audio-find:enabled').waitFor();
      return (await found.count()) > 0 && (await found.isEnabled());
    };
    await until(search, () => `${CAMERA}, with its address`, 60_000);
    assert.match(await found.innerText(), /onvif/);
    await found.click();
    assert.equal(await page.inputValue('#node-input-url'), camera.url);
    await page.click('#deepinfant-audio-test');
    await page.locator(`${result} img`).waitFor({ timeout: 20_000 });
    assert.match(
      await page.innerText(result),
      /Sound received: -\d+ dB, pcm_alaw, 8 kHz, first sound after \d+ ms/,
    );
  });

  it('says what is wrong, and what to do', async () => {
    await page.fill('#node-input-password', 'wrong');
    await page.click('#deepinfant-audio-test');
    await page.locator(`${result}.deepinfant-audio-error`).waitFor({ timeout: 20_000 });
    assert.match(await page.innerText(result), /does not accept the user name and password/);
  });

  it('forgets what it said when the source changes', async () => {
    await page.selectOption('#deepinfant-audio-way', 'address');
    assert.equal(await page.innerText(result), '');
    assert.equal(await page.locator('.deepinfant-audio-found button').count(), 0);
  });

  it('lists all tracks, channels and levels, and hears the track that sounds', async () => {
    const tracks = Object.assign(new RtspCamera({ audio: ['PCMA', 'L16'] }), {
      sounds: ['silence', 'signal'],
    });
    await tracks.start();
    await page.fill('#node-input-url', tracks.url);
    await page.press('#node-input-url', 'Tab');
    await page.click('#deepinfant-audio-test');
    await page.locator(`${result} li`).nth(1).waitFor({ timeout: 30_000 });
    const [first, second] = await page.locator(`${result} li`).allInnerTexts();
    assert.match(first, /^Track 1: pcm_alaw, 8 kHz, -\d+ dB$/);
    assert.match(second, /^Track 2 \(in use\): pcm_s16be, 16 kHz, -\d+ dB$/);
    // Its labels are light there.
    await page.emulateMedia({ colorScheme: 'dark' });
    const picture = page.locator(`${result} img`);
    const background = await picture.evaluate(image => getComputedStyle(image).backgroundColor);
    assert.ok(
      background.match(/\d+/g)!.every(colour => Number(colour) < 64),
      background,
    );
    await page.emulateMedia({ colorScheme: 'light' });
    await page.fill('#node-input-user', 'x');
    assert.equal(await page.innerText(result), '');
    await tracks.stop();
  });

  it('leads to Home Assistant by the way, too', async () => {
    await page.selectOption('#deepinfant-audio-way', 'hass');
    assert.equal(await page.inputValue('#node-input-kind'), 'hassCamera');
    assert.equal(await page.isVisible('#node-input-entity'), true);
    assert.equal(await page.isVisible('#node-input-url'), false);
    await page.click('#deepinfant-audio-test');
    assert.equal(await page.innerText(result), 'Choose the HA server and one of its cameras first.');
    await page.selectOption('#deepinfant-audio-way', 'server');
    assert.equal(await page.inputValue('#node-input-kind'), 'camera');
    assert.equal(await page.isVisible('#deepinfant-audio-server'), true);
    assert.equal(await page.isVisible('#node-input-user'), false);
  });

  it('lists microphones, and shows how loud one is while it hears something', async () => {
    await page.selectOption('#node-input-kind', 'microphone');
    await page
      .locator('#node-input-microphone option', { hasText: 'Cot' })
      .first()
      .waitFor({ state: 'attached' });
    const level = async (): Promise<number> =>
      Number(await page.getAttribute('.deepinfant-audio-meter', 'aria-valuenow'));
    await page.waitForFunction(
      "Number(document.querySelector('.deepinfant-audio-meter').getAttribute('aria-valuenow')) <= -80",
    );
    const [cry] = nurseryScene(1).cries;
    const played = microphone.play(
      nurseryScene(1).samples.slice(cry.startS * 16000, (cry.startS + 4) * 16000),
    );
    await page.waitForFunction(
      "Number(document.querySelector('.deepinfant-audio-meter').getAttribute('aria-valuenow')) > -50",
    );
    assert.ok((await level()) <= 0);
    await played;
  });

  it('puts no password into the flow', async () => {
    await page.selectOption('#node-input-kind', 'camera');
    const login = `${LOGIN.user}:${encodeURIComponent(LOGIN.password)}`;
    // Done at once, before the field is left.
    await page.fill('#node-input-url', camera.url.replace('//', `//${login}@`));
    await page.locator('#node-dialog-ok').dispatchEvent('click');
    await page.click('#red-ui-header-button-deploy');
    await page.getByText('Successfully deployed').waitFor();
    const exported = await page.evaluate<string>(
      'JSON.stringify(RED.nodes.createExportableNodeSet(RED.nodes.filterNodes({})))',
    );
    assert.ok(exported.includes(camera.url));
    assert.ok(!exported.includes('lullaby'));
  });
});

describe('the detector node’s dialog in a browser', function () {
  this.timeout(90_000);

  it('shows what it hears', async function () {
    needTools(this, 'chromium');
    const { page, close } = await openEditor({ width: 1280, height: 900 });
    try {
      const says = page.locator('#deepinfant-detector-message');
      await openDialog(page, 'deepinfant-detector');
      await says.filter({ hasText: 'start a source' }).waitFor();
      await page.evaluate(
        "$.ajax({ url: 'inject/' + RED.nodes.filterNodes({ type: 'inject' })[0].id, method: 'POST' })",
      );
      await says.filter({ hasText: 'last 25 s' }).waitFor();
      await page.waitForFunction(`(() => {
        const canvas = document.querySelector('.deepinfant-detector-live canvas');
        const { data } = canvas.getContext('2d').getImageData(0, canvas.height - 60, canvas.width, 60);
        return data.filter((value, i) => i % 4 === 0 && value > 60).length > 1000;
      })()`);
    } finally {
      await close();
    }
  });

  it('asks no more once the node is deleted', async function () {
    needTools(this, 'chromium');
    const { page, close } = await openEditor({ width: 1280, height: 900 });
    try {
      let questions = 0;
      page.on(
        'request',
        request => (questions += Number(request.url().endsWith('/deepinfant-detector/look'))),
      );
      await openDialog(page, 'deepinfant-detector');
      await until(
        () => questions >= 3,
        () => `3 questions, of which there were ${questions}`,
      );
      await page.click('#node-dialog-delete');
      await page.locator('.deepinfant-detector-live').waitFor({ state: 'detached' });
      // The one that is on its way.
      await page.waitForTimeout(500);
      questions = 0;
      await page.waitForTimeout(1500);
      assert.equal(questions, 0);
    } finally {
      await close();
    }
  });
});

/** A node of each type, and of each kind of source. */
const NODES = [
  { id: 'hass1', type: 'deepinfant-hass', url: 'http://127.0.0.1:9' },
  {
    id: 'baby1',
    type: 'deepinfant-baby',
    name: 'Mia',
    keepDays: 365,
    soundMb: 1000,
    babyBuddy: 'http://127.0.0.1:9',
  },
  ...['microphone', 'camera', 'hassCamera', 'recording', 'input'].map(kind => ({
    id: `audio-${kind}`,
    type: 'deepinfant-audio',
    kind,
    url: '192.0.2.7',
  })),
  { id: 'light1', type: 'deepinfant-light', hass: 'hass1', lights: 'nursery', brightness: '101' },
  { id: 'notify1', type: 'deepinfant-notify', hass: 'hass1', baby: 'baby1', reasons: 'tired, unsure' },
  { id: 'entities1', type: 'deepinfant-entities' },
  { id: 'journal1', type: 'deepinfant-journal', baby: 'baby1' },
  { id: 'reason1', type: 'deepinfant-reason', baby: 'baby1' },
  { id: 'detector1', type: 'deepinfant-detector', model: 'crynet', preset: 'balanced' },
];

/** What axe finds in a part of a page; Node-RED's own traps for password managers do not count. */
async function violationsIn(page: Page, selector: string): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate<string[]>(`
    axe.run({ include: ['${selector}'], exclude: ['[id^=red-ui-trap]'] }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 200))),
    )`);
}

for (const language of LANGUAGES) {
  describe(`all dialogs in ${language}`, function () {
    this.timeout(60_000);
    let page: Page;
    let close: () => Promise<void>;
    const errors: string[] = [];

    before(async function () {
      needTools(this, 'chromium');
      const flow = NODES.map(node =>
        CONFIG_TYPES.includes(node.type) ? node : { z: 'all', wires: [], ...node },
      );
      ({ page, close } = await openEditor(
        { width: 1280, height: 800 },
        { language, flow: [{ id: 'all', type: 'tab', label: 'all' }, ...flow] },
      ));
      page.on('pageerror', ({ message }) => errors.push(message));
    });
    after(async () => {
      await close();
    });

    for (const { id, type } of NODES)
      it(`opens that of ${id}, with a text in each place`, async () => {
        const isConfig = CONFIG_TYPES.includes(type);
        await page.evaluate(
          isConfig
            ? `RED.editor.editConfig('', '${type}', '${id}')`
            : `RED.editor.edit(RED.nodes.node('${id}'))`,
        );
        const selector = isConfig ? '#node-config-dialog-edit-form' : '#dialog-form';
        const form = page.locator(selector);
        await form.locator('.form-row').first().waitFor();
        const places = await page.evaluate<string[]>(`
          [...document.querySelectorAll('${selector} [data-i18n]')].map(
            one => one.getAttribute('placeholder') ?? one.getAttribute('aria-label') ?? one.textContent,
          )`);
        const wrapped = await page.evaluate<string[]>(`
          [...document.querySelectorAll('${selector} .form-row > label:first-child')]
            .filter(({ offsetHeight, scrollWidth, clientWidth, control }) =>
              control?.type !== 'checkbox' && (offsetHeight > 30 || scrollWidth > clientWidth))
            .map(({ textContent }) => textContent.trim())`);
        // The dialogs are alike in all languages.
        const violations = language === LANGUAGES[0] ? await violationsIn(page, selector) : [];
        await page.locator(isConfig ? '#node-config-dialog-cancel' : '#node-dialog-cancel').click();
        await form.waitFor({ state: 'detached' });
        assert.deepEqual(errors, []);
        assert.ok(places.length > 1);
        for (const place of places) assert.match(place, /^(?!deepinfant-)(?!node-red:)\S/);
        assert.deepEqual(wrapped, [], 'labels that take two lines or reach into their fields');
        assert.deepEqual(violations, []);
      });

    it('says what is wrong in the language of the browser', async () => {
      await page.evaluate("RED.editor.editConfig('', 'deepinfant-hass', 'hass')");
      const form = page.locator('#node-config-dialog-edit-form');
      await form.locator('#node-config-input-url').fill('http://');
      await form.locator('#deepinfant-hass-test').click();
      const message = form.getByText(
        language === 'de' ? 'Die Adresse fehlt oder ist ungültig' : "Home Assistant's address is not valid",
      );
      await message.waitFor();
      await form.locator('#node-config-input-url').fill('http://127.0.0.1:9');
      await form.locator('#deepinfant-hass-test').click();
      const noToken = language === 'de' ? 'Das Zugriffstoken fehlt.' : 'The access token is missing.';
      await form.getByText(noToken).waitFor();
      await page.locator('#node-config-dialog-cancel').click();
      await form.waitFor({ state: 'detached' });
    });

    it('says beside a node what is wrong with it', async () => {
      const [address, lights] = await page.evaluate<string[][]>(
        "['audio-camera', 'light1'].map(id => RED.nodes.node(id).validationErrors)",
      );
      const invalid = (type: NodeType, key: string): string => texts(type, language).get(`${type}.${key}`)!;
      const reason = (type: NodeType, label: string, key: string): string =>
        `${invalid(type, `label.${label}`)}: ${invalid(type, `invalid.${key}`)}`;
      assert.deepEqual(address, [reason('deepinfant-audio', 'url', 'url')]);
      assert.deepEqual(lights, [
        reason('deepinfant-light', 'lights', 'lights'),
        reason('deepinfant-light', 'brightness', 'brightness'),
      ]);
    });
  });
}
