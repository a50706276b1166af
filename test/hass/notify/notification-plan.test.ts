import assert from 'node:assert/strict';
import {
  type ButtonAsk,
  type NotedCry,
  notificationFor,
  readAction,
  tagOf,
} from '../../../src/hass/notify/cry-notification.js';
import {
  type DueNotification,
  NotificationPlan,
  type PlanSettings,
  type TapNews,
} from '../../../src/hass/notify/notification-plan.js';
import type { Answer } from '../../../src/values.js';
import { HOUR_MS, MINUTE_MS } from '../../reason/cries.js';
import { sayIn } from '../../../src/hass/notify/say.js';

const ANNA = 'notify.mobile_app_anna';
const BEN = 'notify.mobile_app_ben';
const CRY: NotedCry = { id: 'cot@1', state: 'started', durationS: 3, intensity: 'cry' };
/** Noon of a day, epoch ms. */
const START = new Date(2026, 0, 15, 12).getTime();

/** A plan whose notifications all arrive at once, unless a test says otherwise. */
class Simulation {
  readonly plan: NotificationPlan;
  now = START;

  constructor(settings: Partial<PlanSettings> = {}) {
    this.plan = new NotificationPlan({
      phones: [ANNA, BEN],
      filter: { reasons: [], minConfidence: 0, minDurationS: 0, minIntensity: 'fuss' },
      escalateMs: 0,
      ...settings,
    });
  }

  /** What is sent when time passes and a cry's event comes; 'anna usual' is a phone and how loud. */
  push(change: Partial<NotedCry> = {}, afterMs = 0): string[] {
    this.now += afterMs;
    this.plan.pushCry({ ...CRY, ...change }, this.now);
    return this.send();
  }

  send(afterMs = 0): string[] {
    this.now += afterMs;
    const due = this.plan.due(this.now);
    for (const notification of due) {
      this.plan.startSending(notification, this.now);
      this.plan.succeed(notification);
    }
    return due.map(({ phone, loudness }) => `${phone.replace('notify.mobile_app_', '')} ${loudness}`);
  }

  tap(phone: string, ask: Parameters<NotificationPlan['pushTap']>[0]['ask'], by = phone): Answer | undefined {
    const news = this.plan.pushTap({ tag: tagOf(CRY.id), phone, ask }, by, this.now);
    if (news?.reason === undefined) return undefined;
    const { cry, reason, ...rest } = news;
    return { cry: cry.id, reason, ...rest };
  }

  /** What is due for a phone, without sending it. */
  dueFor(phone: string): DueNotification {
    return this.plan.due(this.now).find(due => due.phone === phone)!;
  }

  get answer(): Answer | undefined {
    return this.plan.state.alerts[0]?.answer;
  }
}

describe('NotificationPlan', () => {
  it('alerts each phone once, updates it silently every 30 s, and closes with the end', () => {
    const simulation = new Simulation();
    assert.deepEqual(simulation.push(), ['anna usual', 'ben usual']);
    assert.deepEqual(simulation.push({ state: 'ongoing' }, 5000), []);
    assert.deepEqual(simulation.push({ state: 'ongoing' }, 24_999), []);
    assert.deepEqual(simulation.push({ state: 'ongoing' }, 1), ['anna silent', 'ben silent']);
    assert.deepEqual(simulation.push({ state: 'ended' }, 1), ['anna silent', 'ben silent']);
    assert.deepEqual(simulation.push({ state: 'ended' }), []);
    assert.deepEqual(simulation.push({ state: 'ongoing' }, HOUR_MS), []);
    assert.equal(simulation.plan.newest, undefined);
  });

  it('starts over when a recording is played again', () => {
    const simulation = new Simulation();
    simulation.push();
    simulation.push({ state: 'ended' });
    assert.deepEqual(simulation.push({ state: 'started' }, MINUTE_MS), ['anna usual', 'ben usual']);
  });

  it('ignores an end without a beginning', () => {
    const simulation = new Simulation();
    assert.equal(simulation.plan.pushCry({ ...CRY, state: 'ended' }, START), false);
    assert.deepEqual(simulation.send(), []);
  });

  it('waits until the filter lets a cry pass, and then follows it', () => {
    const filter = { reasons: [], minConfidence: 0.5, minDurationS: 10, minIntensity: 'cry' } as const;
    const simulation = new Simulation({ filter });
    const reason = { label: 'hungry', confidence: 0.6 } as const;
    assert.deepEqual(simulation.push({ reason }), []);
    assert.deepEqual(simulation.push({ reason, durationS: 10 }, 7000), ['anna usual', 'ben usual']);
    // It does not stop because it is less sure now.
    assert.deepEqual(simulation.push({ reason: { ...reason, confidence: 0.4 }, durationS: 40 }, 30_000), [
      'anna silent',
      'ben silent',
    ]);
  });

  it('is quiet in quiet hours, by the time that it is given', () => {
    const filter = {
      reasons: [],
      minConfidence: 0,
      minDurationS: 0,
      minIntensity: 'fuss',
      quiet: { from: '11:00', to: '12:01' },
    } as const;
    const simulation = new Simulation({ filter });
    assert.deepEqual(simulation.push(), []);
    assert.deepEqual(simulation.push({ state: 'ongoing' }, MINUTE_MS), ['anna usual', 'ben usual']);
  });

  describe('with escalation', () => {
    const escalateMs = 5 * MINUTE_MS;

    it('notifies one phone after another, and at last has all of them ring, once', () => {
      const simulation = new Simulation({ escalateMs });
      assert.deepEqual(simulation.push(), ['anna usual']);
      assert.deepEqual(simulation.push({ state: 'ongoing' }, escalateMs), ['anna silent', 'ben usual']);
      assert.deepEqual(simulation.push({ state: 'ongoing' }, escalateMs), ['anna critical', 'ben critical']);
      assert.deepEqual(simulation.push({ state: 'ongoing' }, escalateMs), ['anna silent', 'ben silent']);
    });

    it('needs no event of the cry for that', () => {
      const simulation = new Simulation({ escalateMs });
      simulation.push();
      assert.deepEqual(simulation.send(escalateMs), ['anna silent', 'ben usual']);
    });

    it('passes over a phone that snoozes or cannot be reached', () => {
      const simulation = new Simulation({ escalateMs });
      simulation.push();
      simulation.tap(ANNA, 'snooze');
      assert.deepEqual(simulation.send(), ['ben usual']);
      const another = new Simulation({ escalateMs });
      another.plan.pushCry(CRY, START);
      const due = another.dueFor(ANNA);
      another.plan.startSending(due, START);
      another.plan.fail(due, START);
      assert.deepEqual(another.send(), ['ben usual']);
    });

    it('stops when somebody is with the baby, and shows who', () => {
      const simulation = new Simulation({ escalateMs });
      simulation.push();
      assert.equal(simulation.tap(ANNA, 'with', 'Anna'), undefined);
      assert.deepEqual(simulation.send(), ['anna silent']);
      assert.deepEqual(simulation.send(3 * escalateMs), ['anna silent']);
      assert.equal(simulation.plan.newest?.carer, 'Anna');
    });

    it('stops when somebody whom another node notified is with the baby', () => {
      const simulation = new Simulation({ escalateMs, phones: [ANNA] });
      simulation.push();
      assert.equal(simulation.tap(BEN, 'hungry', 'Ben'), undefined);
      assert.equal(simulation.tap(BEN, 'with', 'Ben'), undefined);
      assert.deepEqual(simulation.send(), ['anna silent']);
      assert.deepEqual(simulation.send(3 * escalateMs), ['anna silent']);
      assert.equal(simulation.plan.newest?.carer, 'Ben');
    });

    it('rings even where the notification was put away', () => {
      const simulation = new Simulation({ escalateMs, phones: [ANNA] });
      simulation.push();
      simulation.plan.pushPutAway({ tag: tagOf(CRY.id), phone: ANNA });
      assert.deepEqual(simulation.push({ state: 'ongoing' }, MINUTE_MS), []);
      assert.deepEqual(simulation.push({ state: 'ongoing' }, escalateMs), ['anna critical']);
    });
  });

  describe('with a phone that snoozes', () => {
    it('leaves it alone for ten minutes, other cries too, and alerts it again while the cry goes on', () => {
      const simulation = new Simulation();
      simulation.push();
      simulation.tap(ANNA, 'snooze');
      assert.deepEqual(simulation.send(29_000), []);
      assert.deepEqual(simulation.push({ id: 'other@2' }), ['ben usual']);
      assert.deepEqual(simulation.send(9 * MINUTE_MS), ['ben silent', 'ben silent']);
      assert.deepEqual(simulation.send(MINUTE_MS), ['anna usual', 'ben silent', 'ben silent', 'anna usual']);
    });

    it('shows it the end at once', () => {
      const simulation = new Simulation();
      simulation.push();
      simulation.tap(ANNA, 'snooze');
      assert.deepEqual(simulation.push({ state: 'ended' }), ['anna silent', 'ben silent']);
    });
  });

  describe('where the clock is set back by hours', () => {
    it('ends a snooze in time, and goes on showing others how long the baby has cried', () => {
      const simulation = new Simulation();
      simulation.push();
      simulation.tap(ANNA, 'snooze');
      const sent = simulation.push({ id: 'other@2' }, 11 * MINUTE_MS - 8 * HOUR_MS);
      assert.deepEqual(sent, ['anna usual', 'ben silent', 'anna usual', 'ben usual']);
    });

    it('goes on escalating', () => {
      const simulation = new Simulation({ escalateMs: 3 * MINUTE_MS });
      simulation.push();
      simulation.push({ state: 'ongoing' }, -8 * HOUR_MS);
      assert.deepEqual(simulation.push({ state: 'ongoing' }, 3 * MINUTE_MS), ['anna silent', 'ben usual']);
    });

    it('tries a phone again that could not be reached', () => {
      const simulation = new Simulation({ phones: [ANNA] });
      simulation.plan.pushCry(CRY, simulation.now);
      const due = simulation.dueFor(ANNA);
      simulation.plan.startSending(due, simulation.now);
      simulation.plan.fail(due, simulation.now);
      assert.deepEqual(simulation.push({ state: 'ongoing' }, MINUTE_MS - 8 * HOUR_MS), ['anna usual']);
    });
  });

  it('leaves a notification alone that was put away', () => {
    const simulation = new Simulation();
    simulation.push();
    simulation.plan.pushPutAway({ tag: tagOf(CRY.id), phone: ANNA });
    assert.deepEqual(simulation.push({ state: 'ongoing' }, MINUTE_MS), ['ben silent']);
    assert.deepEqual(simulation.push({ state: 'ended' }), ['ben silent']);
  });

  describe('answers', () => {
    it('gives each tap that is news, and ends the alarm', () => {
      const simulation = new Simulation();
      simulation.push();
      const answer = { cry: CRY.id, reason: 'hungry', by: 'Anna', at: START };
      assert.deepEqual(simulation.tap(ANNA, 'hungry', 'Anna'), answer);
      assert.deepEqual(simulation.send(), ['anna silent', 'ben silent']);
      assert.equal(simulation.tap(ANNA, 'hungry', 'Anna'), undefined);
      assert.deepEqual(simulation.answer, answer);
    });

    it('has the latest one win, whoever gives it', () => {
      const simulation = new Simulation();
      simulation.push();
      simulation.tap(ANNA, 'hungry', 'Anna');
      simulation.send();
      simulation.now += 1000;
      assert.equal(simulation.tap(BEN, 'tired', 'Ben')?.reason, 'tired');
      assert.deepEqual(simulation.send(), ['anna silent', 'ben silent']);
      assert.deepEqual([simulation.answer?.reason, simulation.answer?.by], ['tired', 'Ben']);
      // One that was given earlier, and comes later.
      assert(!simulation.plan.pushAnswer({ cry: CRY.id, reason: 'lonely', by: 'Cleo', at: START }));
      assert(simulation.plan.pushAnswer({ cry: CRY.id, reason: 'lonely', by: 'Cleo', at: START + 2000 }));
      assert.equal(simulation.answer?.by, 'Cleo');
    });

    it('keeps who gave it when it comes back without a name', () => {
      const simulation = new Simulation();
      simulation.push();
      simulation.tap(ANNA, 'hungry', 'Anna');
      assert(!simulation.plan.pushAnswer({ cry: CRY.id, reason: 'hungry', at: START + 50 }));
      assert.equal(simulation.answer?.by, 'Anna');
    });

    it('counts for a day after the end, and for no cry that nobody was notified of', () => {
      const simulation = new Simulation();
      simulation.push();
      simulation.push({ state: 'ended' });
      simulation.now += 23 * HOUR_MS;
      assert(simulation.tap(ANNA, 'hungry'));
      simulation.push({ id: 'other@2' }, 2 * HOUR_MS);
      assert.equal(simulation.tap(ANNA, 'tired'), undefined);
      assert.equal(
        simulation.plan.pushTap({ tag: 'unknown', phone: ANNA, ask: 'tired' }, 'Anna', START),
        undefined,
      );
    });

    it('turns the page of buttons', () => {
      const simulation = new Simulation();
      simulation.push();
      simulation.tap(ANNA, 'other');
      assert.equal(simulation.dueFor(ANNA).page, 1);
      assert.deepEqual(simulation.send(), ['anna silent']);
    });
  });

  describe('with a phone that cannot be reached', () => {
    it('tries again after 3 s, aloud, and sends nothing twice at once', () => {
      const simulation = new Simulation();
      simulation.plan.pushCry(CRY, START);
      const due = simulation.dueFor(ANNA);
      simulation.plan.startSending(due, START);
      assert.deepEqual(simulation.send(), ['ben usual']);
      assert.equal(simulation.plan.fail(due, START), 0);
      assert.deepEqual(simulation.plan.failing, [ANNA]);
      assert.deepEqual(simulation.send(2999), []);
      assert.deepEqual(simulation.send(1), ['anna usual']);
      assert.deepEqual(simulation.plan.failing, []);
    });

    it('says for how long it could not be reached', () => {
      const simulation = new Simulation();
      simulation.plan.pushCry(CRY, START);
      for (const [now, failedForMs] of [
        [START, 0],
        [START + 3000, 3000],
        [START + 6000, 6000],
      ]) {
        simulation.now = now;
        const due = simulation.dueFor(ANNA);
        simulation.plan.startSending(due, now);
        assert.equal(simulation.plan.fail(due, now), failedForMs);
      }
      assert(simulation.plan.pushReachable(ANNA));
      assert(!simulation.plan.pushReachable(ANNA));
      assert.equal(simulation.dueFor(ANNA).loudness, 'usual');
    });

    it('takes what was tapped meanwhile as a sign that it arrived', () => {
      const simulation = new Simulation();
      simulation.plan.pushCry(CRY, START);
      const due = simulation.dueFor(ANNA);
      simulation.plan.startSending(due, START);
      assert(simulation.tap(ANNA, 'hungry', 'Anna'));
      simulation.plan.cancel(due);
      assert(simulation.plan.state.alerts[0].phones.has(ANNA));
    });

    it('sends everything again when there was no connection', () => {
      const simulation = new Simulation();
      simulation.plan.pushCry(CRY, START);
      const due = simulation.dueFor(ANNA);
      simulation.plan.startSending(due, START);
      simulation.plan.cancel(due);
      assert.deepEqual(simulation.plan.failing, []);
      assert.deepEqual(simulation.send(), ['anna usual', 'ben usual']);
    });
  });

  it('goes on with a cry that was given up, without another sound', () => {
    const simulation = new Simulation();
    simulation.push();
    simulation.plan.giveUp(CRY.id, simulation.now);
    assert.deepEqual(simulation.send(MINUTE_MS), ['anna silent', 'ben silent']);
    assert.deepEqual(simulation.plan.running, []);
    // The network was away.
    assert.deepEqual(simulation.push({ state: 'ongoing', durationS: 90 }), ['anna silent', 'ben silent']);
    assert.equal(simulation.plan.newest?.cry.durationS, 90);
    assert.deepEqual(simulation.push({ state: 'ended', durationS: 95 }), ['anna silent', 'ben silent']);
    assert.deepEqual(simulation.push({ state: 'ongoing' }), []);
  });

  it('takes the end of a cry that was given up', () => {
    const simulation = new Simulation();
    simulation.push();
    simulation.plan.giveUp(CRY.id, simulation.now);
    simulation.send();
    simulation.push({ state: 'ended', durationS: 95 });
    assert.equal(simulation.plan.state.alerts[0].cry.durationS, 95);
  });

  it('notifies late, once, of a cry that ended while nobody could be notified, and not after ten minutes', () => {
    const simulation = new Simulation();
    simulation.plan.pushCry(CRY, simulation.now);
    simulation.plan.pushCry({ ...CRY, state: 'ended' }, (simulation.now += 5000));
    assert.deepEqual(simulation.send(MINUTE_MS), ['anna usual', 'ben usual']);
    assert.deepEqual(simulation.send(MINUTE_MS), []);
    const other = { ...CRY, id: 'cot@2' };
    simulation.plan.pushCry(other, simulation.now);
    simulation.plan.giveUp(other.id, simulation.now);
    assert.deepEqual(simulation.send(11 * MINUTE_MS), []);
  });

  it('notifies late a phone that could not be reached before the end, and nobody whom the filter left out', () => {
    const simulation = new Simulation({
      filter: { reasons: [], minConfidence: 0, minDurationS: 10, minIntensity: 'fuss' },
    });
    simulation.plan.pushCry({ ...CRY, durationS: 12 }, simulation.now);
    for (const due of simulation.plan.due(simulation.now)) {
      simulation.plan.startSending(due, simulation.now);
      if (due.phone === ANNA) simulation.plan.succeed(due);
      else simulation.plan.fail(due, simulation.now);
    }
    assert.deepEqual(simulation.push({ state: 'ended', durationS: 14 }, 1000), ['anna silent']);
    assert.deepEqual(simulation.send(3000), ['ben usual']);
    const short = { ...CRY, id: 'cot@2' };
    simulation.plan.pushCry(short, simulation.now);
    simulation.plan.pushCry({ ...short, state: 'ended', durationS: 12 }, simulation.now);
    assert.deepEqual(simulation.send(), []);
  });

  it('lets a phone ring only if it shows nothing yet, where the connection broke off', () => {
    const simulation = new Simulation({ phones: [ANNA] });
    simulation.plan.pushCry(CRY, simulation.now);
    const due = simulation.dueFor(ANNA);
    simulation.plan.startSending(due, simulation.now);
    simulation.plan.doubt(due);
    const again = simulation.dueFor(ANNA);
    const { data } = notificationFor({
      ...again,
      baby: { name: 'Mia' },
      dashboard: '',
      say: sayIn('en'),
      now: simulation.now,
    }) as { data: { alert_once: boolean; push: object } };
    assert.deepEqual([data.alert_once, data.push], [true, { 'interruption-level': 'time-sensitive' }]);
    assert.deepEqual(simulation.send(), ['anna once']);
    assert.deepEqual(simulation.send(), []);
    // An update without a sound is sent again.
    simulation.plan.pushCry({ ...CRY, state: 'ongoing' }, (simulation.now += 30_000));
    const update = simulation.dueFor(ANNA);
    simulation.plan.startSending(update, simulation.now);
    simulation.plan.doubt(update);
    assert.deepEqual(simulation.send(), ['anna silent']);
  });

  describe('after a restart', () => {
    const restarted = (before: Simulation, afterMs: number): Simulation => {
      const next = new Simulation();
      next.now = before.now + afterMs;
      next.plan.restore(before.plan.state, next.now);
      return next;
    };

    it('asks phones again, silently, since what was tapped meanwhile is lost', () => {
      const simulation = new Simulation();
      simulation.push();
      const next = restarted(simulation, MINUTE_MS);
      assert.deepEqual(next.send(), ['anna silent', 'ben silent']);
      assert.deepEqual(next.send(), []);
      assert.deepEqual(next.push({ state: 'ended' }), ['anna silent', 'ben silent']);
      // Also of one that is over.
      const third = restarted(next, 58 * MINUTE_MS);
      assert.deepEqual(third.send(), ['anna silent', 'ben silent']);
      assert.equal(third.tap(ANNA, 'hungry', 'Anna')?.reason, 'hungry');
    });

    it('does not ask again after an hour, after an answer, or where it was put away', () => {
      const simulation = new Simulation();
      simulation.push();
      simulation.push({ state: 'ended' });
      assert.deepEqual(restarted(simulation, HOUR_MS + 1).send(), []);
      simulation.plan.pushPutAway({ tag: tagOf(CRY.id), phone: BEN });
      assert.deepEqual(restarted(simulation, 0).send(), ['anna silent']);
      simulation.tap(ANNA, 'hungry');
      simulation.send();
      assert.deepEqual(restarted(simulation, 0).send(), []);
    });

    it('lets a phone ring only if it shows nothing yet, where the run was killed as it notified it', () => {
      const before = new Simulation({ phones: [ANNA] });
      before.plan.pushCry(CRY, before.now);
      before.plan.startSending(before.dueFor(ANNA), before.now);
      const simulation = restarted(before, 1000);
      assert.deepEqual(simulation.send(), ['anna once', 'ben usual']);
      assert.deepEqual(simulation.send(), []);
    });

    it('goes on escalating', () => {
      const escalateMs = 5 * MINUTE_MS;
      const simulation = new Simulation({ escalateMs });
      simulation.push();
      const next = new Simulation({ escalateMs });
      next.now = START + MINUTE_MS;
      next.plan.restore(simulation.plan.state, next.now);
      assert.deepEqual(next.send(), ['anna silent']);
      assert.deepEqual(next.push({ state: 'ongoing' }, 4 * MINUTE_MS), ['anna silent', 'ben usual']);
    });
  });

  describe('with twins', () => {
    const names = ['Mia', 'Leo'];
    const unsure = { who: { label: 'unsure', names } };
    const titles = (simulation: Simulation): string[] => {
      simulation.plan.restore(simulation.plan.state, simulation.now);
      const { news, page } = simulation.dueFor(ANNA);
      const notification = notificationFor({
        ...simulation.dueFor(ANNA),
        news,
        page,
        baby: { name: 'Mia' },
        dashboard: '',
        say: sayIn('en'),
        now: simulation.now,
      }) as { data: { actions: { title: string }[] } };
      return notification.data.actions.map(({ title }) => title);
    };
    const tapped = (simulation: Simulation, ask: ButtonAsk): unknown => {
      const tap = { tag: tagOf(CRY.id), phone: ANNA, ask };
      const news: Partial<TapNews> = { ...simulation.plan.pushTap(tap, 'Anna', simulation.now) };
      delete news.cry;
      return news;
    };

    it('says whose cry a reason answers', () => {
      const simulation = new Simulation();
      simulation.plan.pushCry({ ...CRY, who: { label: 'Mia', names } }, START);
      assert.deepEqual(titles(simulation), ["I'm with the baby", 'Mia: hungry', 'Other…', 'Snooze 10 min']);
      simulation.send();
      assert.deepEqual(tapped(simulation, 'hungry'), {
        reason: 'hungry',
        at: START,
        by: 'Anna',
        baby: 'Mia',
      });
    });

    it('asks first who cries while nobody knows, and then why', () => {
      const simulation = new Simulation();
      simulation.plan.pushCry({ ...CRY, ...unsure }, START);
      assert.deepEqual(titles(simulation), ["I'm with the baby", 'Mia', 'Leo', 'Snooze 10 min']);
      simulation.send();
      assert.deepEqual(tapped(simulation, 'baby:Leo'), { at: START, by: 'Anna', baby: 'Leo' });
      assert.deepEqual(titles(simulation), ['Leo: hungry', 'Leo: tired', 'Other…']);
      assert.deepEqual(simulation.send(), ['anna silent', 'ben silent']);
      assert.deepEqual(tapped(simulation, 'tired'), { reason: 'tired', at: START, by: 'Anna', baby: 'Leo' });
    });

    it('lets the other one be named behind the reasons', () => {
      const simulation = new Simulation();
      simulation.push({ who: { label: 'Mia', names }, state: 'started' });
      simulation.push({ who: { label: 'Mia', names }, state: 'ended' });
      for (const last of [['Mia: hungry', 'Mia: tired', 'Other…'], [], [], ['Leo', 'Other…']]) {
        if (last.length > 0) assert.deepEqual(titles(simulation), last);
        simulation.send();
        tapped(simulation, 'other');
      }
      assert.deepEqual(tapped(simulation, 'baby:Leo'), { at: START, by: 'Anna', baby: 'Leo' });
      assert.equal(simulation.dueFor(ANNA).page, 0);
      assert.deepEqual(titles(simulation), ['Leo: hungry', 'Leo: tired', 'Other…']);
    });

    it('names all of them page by page where there are more', () => {
      const simulation = new Simulation();
      simulation.plan.pushCry({ ...CRY, who: { label: 'unsure', names: [...names, 'Zoé/Ann'] } }, START);
      assert.deepEqual(titles(simulation), ["I'm with the baby", 'Mia', 'Other…']);
      simulation.send();
      tapped(simulation, 'other');
      assert.deepEqual(titles(simulation), ['Leo', 'Zoé/Ann', 'Other…']);
    });

    it('has names survive the way through a phone', () => {
      const simulation = new Simulation();
      simulation.plan.pushCry({ ...CRY, who: { label: 'unsure', names: ['Zoé/Ann', 'Leo'] } }, START);
      const notification = notificationFor({
        ...simulation.dueFor(ANNA),
        baby: { name: '' },
        dashboard: '',
        say: sayIn('en'),
        now: START,
      }) as { data: { actions: { action: string }[] } };
      const { action } = notification.data.actions[1];
      assert.deepEqual(readAction(action), { tag: tagOf(CRY.id), phone: ANNA, ask: 'baby:Zoé/Ann' });
      assert.equal(readAction(action.replace('%', '%%')), undefined);
    });

    it('shows whose it was said to be another way, and asks again for an answer that was refused', () => {
      const simulation = new Simulation();
      simulation.push(unsure);
      assert(simulation.plan.pushOwner(CRY.id, 'Mia'));
      assert(!simulation.plan.pushOwner(CRY.id, 'Mia'));
      assert.deepEqual(simulation.send(), ['anna silent', 'ben silent']);
      simulation.tap(ANNA, 'hungry');
      simulation.send();
      assert(simulation.plan.withdrawAnswer(CRY.id));
      assert(!simulation.plan.withdrawAnswer(CRY.id));
      assert.deepEqual(simulation.send(), ['anna silent', 'ben silent']);
    });
  });

  it('goes on after a restart where it was, without phones that were removed', () => {
    const simulation = new Simulation();
    simulation.push();
    simulation.tap(ANNA, 'snooze');
    const next = new Simulation({ phones: [ANNA] });
    next.plan.restore(simulation.plan.state, START);
    assert.deepEqual(next.plan.running, [CRY]);
    assert.deepEqual(next.push({ state: 'ongoing' }, 5000), []);
    assert.deepEqual([...next.plan.state.alerts[0].phones.keys()], [ANNA]);
    assert.deepEqual(next.send(10 * MINUTE_MS), ['anna usual']);
  });
});
