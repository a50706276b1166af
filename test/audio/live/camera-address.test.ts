import assert from 'node:assert/strict';
import { parseCameraAddress, redact, secretUrl } from '../../../src/audio/live/camera-address.js';
import { DeepInfantError } from '../../../src/errors.js';

function errorOf(typed: string, login?: { user?: string; password?: string }): DeepInfantError {
  try {
    parseCameraAddress(typed, login);
  } catch (error) {
    assert(error instanceof DeepInfantError);
    return error;
  }
  assert.fail(`${typed} was taken`);
}

describe('parseCameraAddress', () => {
  it('takes addresses of the four schemes, with spaces around', () => {
    for (const url of [
      'rtsp://192.168.1.20/stream1',
      'rtsps://camera.local:7441/key?enableSrtp',
      'http://[fe80::1]:8080/live.m3u8',
      'https://my_camera/a%20b/c.aac?x=1&y=2',
      'rtsp://10.0.0.8:554/cam/realmonitor?channel=1&subtype=1',
      'rtsp://10.0.0.8/live@1',
      "rtsp://10.0.0.8/it's",
    ])
      assert.deepEqual(parseCameraAddress(`  ${url}\n`), { url, user: '', password: '' });
  });

  it('takes user name and password out of a pasted address, whatever characters they hold', () => {
    for (const [credentials, user, password] of [
      ['admin:secret', 'admin', 'secret'],
      ['admin:', 'admin', ''],
      ['admin', 'admin', ''],
      ['admin:p%40ss', 'admin', 'p@ss'],
      ['admin:100%', 'admin', '100%'],
      ['admin:p@ss', 'admin', 'p@ss'],
      ['admin:a:b', 'admin', 'a:b'],
      ['admin:pä$$ "x\'', 'admin', 'pä$$ "x\''],
      ['admin:w/ord', 'admin', 'w/ord'],
      ['admin:what?#', 'admin', 'what?#'],
      ['admin:/a@b', 'admin', '/a@b'],
    ]) {
      const address = parseCameraAddress(`rtsp://${credentials}@10.0.0.8:554/stream1`);
      assert.deepEqual(address, { url: 'rtsp://10.0.0.8:554/stream1', user, password });
    }
  });

  it('takes them out of parameters, too', () => {
    for (const [typed, url] of [
      [
        'http://10.0.0.8/flv?app=bcs&user=admin&password=p%26w&stream=0',
        'http://10.0.0.8/flv?app=bcs&user={user}&password={password}&stream=0',
      ],
      [
        'rtsp://10.0.0.8/user=admin_password=p%26w_channel=1_stream=0.sdp?real_stream',
        'rtsp://10.0.0.8/user={user}_password={password}_channel=1_stream=0.sdp?real_stream',
      ],
    ]) {
      const address = parseCameraAddress(typed);
      assert.deepEqual(address, { url, user: 'admin', password: 'p&w' });
      assert.equal(secretUrl(address), typed);
      assert.deepEqual(parseCameraAddress(url, { user: 'admin', password: 'p&w' }), address);
    }
  });

  it('lets the fields for user name and password win', () => {
    const login = { user: 'viewer', password: 'new' };
    assert.deepEqual(parseCameraAddress('rtsp://admin:old@camera/', login), {
      url: 'rtsp://camera/',
      ...login,
    });
  });

  it('says what is wrong and what to do, and no password', () => {
    const cases: [string, string, RegExp][] = [
      ['', 'address-empty', /such as rtsp:/],
      [' \n', 'address-empty', /Enter/],
      ['10.0.0.8/stream1', 'address-scheme', /begins with rtsp:/],
      ['ftp://admin:hunter2@camera/x', 'address-scheme', /begins with rtsp:/],
      ['concat:/etc/passwd', 'address-scheme', /begins with rtsp:/],
      ['/home/me/cry.wav', 'address-scheme', /choose a file/],
      ['C:\\cry.wav', 'address-scheme', /choose a file/],
      ['file:///etc/passwd', 'address-scheme', /choose a file/],
      ["rtsp://camera/x'\nfile '/etc/passwd'", 'address-characters', /line break/],
      ['rtsp://camera/\0', 'address-characters', /Enter it again/],
      ['rtsp://camera/\ud800', 'address-characters', /Enter it again/],
      ['rtsp://', 'address-invalid', /192\.168/],
      ['rtsp:///stream1', 'address-invalid', /192\.168/],
      ['rtsp://admin:hunter2@cam era/', 'address-invalid', /192\.168/],
      ['rtsp://camera:99999/', 'address-invalid', /192\.168/],
      ["rtsp://cam'era/", 'address-invalid', /192\.168/],
      ['rtsp://admin:hunter2@camera/x@y', 'address-passwords', /own fields/],
      ['rtsp://admin:hunter2@camera/?password=hunter3', 'address-passwords', /own fields/],
      [`rtsp://camera/${'x'.repeat(1000)}`, 'address-too-long', /1000/],
      [`rtsp://admin:hunter2${'x'.repeat(120)}@camera/`, 'address-too-long', /30 characters/],
    ];
    for (const [typed, code, message] of cases) {
      const error = errorOf(typed);
      assert.equal(error.code, code, typed);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /hunter/);
    }
    assert.equal(errorOf('rtsp://camera/', { password: 'a\nb' }).code, 'address-characters');
    assert.equal(errorOf('rtsp://camera/', { password: 'ä'.repeat(22) }).code, 'address-too-long');
  });
});

describe('secretUrl', () => {
  it('encodes whatever could end the credentials or the quotes around a URL', () => {
    const address = { url: 'rtsp://camera/x', user: 'me@home', password: 'a:/?#[]@!$&\'()*+,;=% "\\ä' };
    const url = secretUrl(address);
    assert.match(url, /^rtsp:\/\/me%40home:[\w%.~-]+@camera\/x$/);
    assert.deepEqual(parseCameraAddress(url), address);
  });

  it('leaves an address without credentials as it is', () => {
    assert.equal(secretUrl(parseCameraAddress('rtsp://camera/x')), 'rtsp://camera/x');
  });
});

describe('redact', () => {
  it('removes a password, plain and percent-encoded in any way', () => {
    const password = 'pä/s (s)';
    for (const form of [password, encodeURIComponent(password), 'p%c3%a4%2Fs%20%28s)', 'pä%2fs (%73)'])
      assert.equal(redact(`failed: ${form}, again`, password), 'failed: ***, again');
  });

  it('removes the credentials of any URL, though nobody knows them', () => {
    assert.equal(redact("Impossible to open 'rtsp://a:b@c/d'"), "Impossible to open 'rtsp://***@c/d'");
    assert.equal(redact('see http://a:b@c@d/e and tcp://a@f:1'), 'see http://***@d/e and tcp://***@f:1');
    assert.equal(redact('see http://c/d?timeout=0'), 'see http://c/d?timeout=0');
  });

  it('removes the values of parameters that are called as passwords are', () => {
    assert.equal(
      redact("'/x?user=a&password=b&pwd=c#d' token=e access_token=f; /user=a_pass=g_channel=1"),
      "'/x?user=a&password=***&pwd=***#d' token=*** access_token=***; /user=a_pass=***_channel=1",
    );
  });
});
