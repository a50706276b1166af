/**
 * A time zone in which it is one o'clock at night now, plus the minutes of the hour: cries count as tonight's, whenever
 * a test runs.
 */
export function nightZone(): string {
  const hour = new Date().getUTCHours();
  // Signs of POSIX: `Etc/GMT+5` is five hours behind UTC. There are zones from 12 hours behind to 14 hours ahead.
  const behind = hour <= 13 ? hour - 1 : hour - 25;
  return `Etc/GMT${behind < 0 ? '' : '+'}${behind}`;
}

/** Has the tests of the suite around this run at night. */
export function atNight(): void {
  const { TZ: zone } = process.env;
  before(() => {
    process.env.TZ = nightZone();
  });
  after(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });
}
