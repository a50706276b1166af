import assert from 'node:assert/strict';
import { HassConnection } from '../../src/hass/connection.js';
import { listCameras, listLights, listPhones } from '../../src/hass/offers.js';
import { until } from '../until.js';
import { FakeHomeAssistant } from './fake-home-assistant.js';

describe('what Home Assistant offers to choose from', () => {
  let home: FakeHomeAssistant;
  let hass: HassConnection;

  beforeEach(async () => {
    home = await FakeHomeAssistant.start();
    hass = new HassConnection({ url: home.url, token: 'abc' });
    hass.start();
    await until(() => hass.health.state === 'connected', 'connected');
  });
  afterEach(async () => {
    await hass.stop();
    await home.stop();
  });

  it('lists lights and the cameras that can be streamed, by their names', async () => {
    home.replies.get_states = [
      { entity_id: 'light.cot', attributes: { friendly_name: 'Cot' } },
      { entity_id: 'light.hall', attributes: {} },
      { entity_id: 'camera.nursery', attributes: { friendly_name: 'Nursery', supported_features: 3 } },
      { entity_id: 'camera.stills', attributes: { supported_features: 1 } },
      { entity_id: 'camera.odd', attributes: { friendly_name: 7, supported_features: 'many' } },
    ];
    assert.deepEqual(await listLights(hass), [
      { id: 'light.cot', name: 'Cot' },
      { id: 'light.hall', name: 'light.hall' },
    ]);
    assert.deepEqual(await listCameras(hass), [{ id: 'camera.nursery', name: 'Nursery' }]);
  });

  it('tells those of one name apart by their ids', async () => {
    home.replies.get_states = [
      { entity_id: 'light.cot', attributes: { friendly_name: 'Cot' } },
      { entity_id: 'light.cot_2', attributes: { friendly_name: 'Cot' } },
      { entity_id: 'camera.cot', attributes: { friendly_name: 'Cot', supported_features: 2 } },
    ];
    assert.deepEqual(
      (await listLights(hass)).map(({ name }) => name),
      ['Cot (light.cot)', 'Cot (light.cot_2)'],
    );
    assert.deepEqual(await listCameras(hass), [{ id: 'camera.cot', name: 'Cot' }]);
  });

  it('lists the actions that notify phones, named as the phones are if Home Assistant says it', async () => {
    home.replies.get_services = {
      notify: { mobile_app_annas_phone: {}, notify: {}, persistent_notification: {}, family: {} },
      light: { turn_on: {} },
    };
    assert.deepEqual(await listPhones(hass), [
      { id: 'notify.mobile_app_annas_phone', name: 'annas phone' },
      { id: 'notify.family', name: 'family' },
    ]);
    home.replies['config/device_registry/list'] = [
      { id: '1', name: 'Lamp', name_by_user: null },
      { id: '2', name: null },
      { id: '3', name: 'Annas Phone' },
    ];
    assert.deepEqual(await listPhones(hass), [
      { id: 'notify.mobile_app_annas_phone', name: 'Annas Phone' },
      { id: 'notify.family', name: 'family' },
    ]);
    home.replies.get_services = {};
    assert.deepEqual(await listPhones(hass), []);
  });
});
