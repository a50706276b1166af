import { errorText, runFlow, stopFlow, type RunningFlow } from './flow.js';
import { cryAt } from '../reason/cries.js';

describe('nodes with a config node whose settings are wrong', () => {
  let flow: RunningFlow;
  afterEach(stopFlow);

  for (const type of ['reason', 'journal'])
    it(`pass cries on without the baby, and say so: ${type}`, async () => {
      flow = await runFlow([
        { id: 'mia', type: 'deepinfant-baby', version: 1, name: 'Mia', keepDays: '-1' },
        { id: type, type: `deepinfant-${type}`, baby: 'mia', wires: [['events'], []] },
        { id: 'events', type: 'probe' },
      ]);
      flow.send(type, { payload: cryAt(Date.now()) });
      await flow.until('events');
      await flow.until('errors', msg => errorText(msg).startsWith('The baby is not known here'));
    });

  for (const type of ['light', 'notify'])
    it(`do not use another connection: ${type}`, async () => {
      flow = await runFlow([
        { id: 'house', type: 'deepinfant-hass', version: 1, name: 'Home', url: 5 },
        { id: type, type: `deepinfant-${type}`, hass: 'house' },
      ]);
      flow.send(type, { payload: { ...cryAt(Date.now()), state: 'started' } });
      await flow.until('errors', msg => errorText(msg).includes('deepinfant-hass.says.deploy'));
    });
});

describe('an audio node without a source', () => {
  afterEach(stopFlow);

  for (const [kind, field] of [
    ['recording', 'path'],
    ['hassCamera', 'entity'],
  ])
    it(`says what to enter: ${kind}`, async () => {
      const flow = await runFlow([{ id: 'audio', type: 'deepinfant-audio', kind }]);
      flow.send('audio', {});
      await flow.until('errors', msg => errorText(msg).endsWith(`deepinfant-audio.invalid.${field}`));
    });
});
