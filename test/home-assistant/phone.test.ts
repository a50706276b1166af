import assert from 'node:assert/strict';
import { until } from '../until.js';
import { homeAssistantOfSuite } from './home-assistant.js';
import { Phone } from './phone.js';

/** What the other tests with Home Assistant stand on. */
describe('a phone of the tests', function () {
  this.timeout(60_000);
  const home = homeAssistantOfSuite();

  it('gets notifications, and answers', async () => {
    const phone = await Phone.register(home(), 'Fake Phone');
    const answers: { data: { action: string } }[] = [];
    await home().connection.subscribeEvents(
      (event: { data: { action: string } }) => answers.push(event),
      'mobile_app_notification_action',
    );
    const notification = {
      message: 'Hello',
      data: { tag: 'cry', actions: [{ action: 'HUNGRY', title: 'Hungry' }] },
    };
    await home().call(phone.notify, notification);
    await until(() => phone.notifications.length === 1, 'the notification');
    assert.deepEqual(phone.notifications[0].data, notification.data);
    await phone.tap('HUNGRY', 'cry');
    await until(() => answers.length === 1, 'the answer');
    assert.equal(answers[0].data.action, 'HUNGRY');
  });
});
