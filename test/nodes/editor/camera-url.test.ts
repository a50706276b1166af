import assert from 'node:assert/strict';
import {
  hostOf,
  isPublicAddress,
  publicAddress,
  splitAddress,
} from '../../../nodes/deepinfant-audio/editor/camera-url.js';

describe('the address of a camera in the dialog', () => {
  it('is split from the login that was pasted with it', () => {
    assert.deepEqual(splitAddress(' rtsp://me:a%40b@192.0.2.7/live '), {
      url: 'rtsp://192.0.2.7/live',
      user: 'me',
      password: 'a@b',
    });
    assert.deepEqual(splitAddress('http://192.0.2.7/live?loginuse=me&loginpas=c%2Fd'), {
      url: 'http://192.0.2.7/live?loginuse={user}&loginpas={password}',
      user: 'me',
      password: 'c/d',
    });
  });

  it('is left alone while it cannot be read', () => {
    for (const address of ['', '192.0.2.7', 'file:///etc/passwd', 'http://192.0.2.7/?pwd=a&pass=b'])
      assert.equal(splitAddress(address), undefined, address);
  });

  it('holds no secret when it is saved, be it clear or not which part is the password', () => {
    for (const address of [
      'rtsp://me:hunter2@192.0.2.7/live',
      'http://192.0.2.7/live?password=hunter2',
      'http://192.0.2.7/live?password=hunter2&pwd=another2',
      'rtsp://me:hunter2/x@y@192.0.2.7/live@1',
      'me:hunter2@192.0.2.7',
      'http://192.0.2.7 /live?password=hunter2',
    ])
      assert.doesNotMatch(publicAddress(address), /hunter2|another2/, address);
    assert.equal(publicAddress('rtsp://192.0.2.7/live'), 'rtsp://192.0.2.7/live');
    assert.equal(publicAddress('${CAMERA}'), '${CAMERA}');
  });

  it('is public if it holds no login', () => {
    assert.ok(isPublicAddress('rtsp://192.0.2.7/live'));
    assert.ok(isPublicAddress('http://192.0.2.7/live?password={password}'));
    assert.ok(!isPublicAddress('rtsp://me@192.0.2.7/live'));
    assert.ok(!isPublicAddress('192.0.2.7/live'));
  });

  it('names the node by its host', () => {
    assert.equal(hostOf('rtsp://cot.local:554/live'), 'cot.local');
    assert.equal(hostOf('cot'), '');
  });
});
