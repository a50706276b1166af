import { reporters, type MochaOptions, type Runner } from 'mocha';

/** Mocha's spec reporter, and at its end one line that a program can read: '120 passed, 0 failed, 3 skipped'. */
class Reporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    // Spec's own end comes first: its listener is older.
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      const skipped = pending > 0 ? `, ${pending} skipped` : '';
      console.log(`${passes} passed, ${failures} failed${skipped}`);
    });
  }
}

export = Reporter;
