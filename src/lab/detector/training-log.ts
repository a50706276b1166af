import path from 'node:path';
import { formatCsv, readCsv } from '../../files/csv.js';
import { indexOfLargest } from '../../maths/statistics.js';
import { plot, type Series } from '../../pictures/plot.js';
import { writeAtomically } from '../../files/write-atomically.js';

const STEPS_PER_LINE = 25;
/** Share of the running loss that each step replaces. */
const FORGOTTEN = 0.02;

const COLUMNS = ['step', 'loss', 'rate', 'auc'] as const;

interface Line {
  step: number;
  loss: number;
  rate: number;
  auc: number | undefined;
}

/** The course of a training: its running loss and, if measured, its AUC, in `log.csv` and as a plot. */
export class TrainingLog {
  /** Running loss; NaN before the first step. */
  loss = NaN;
  private readonly lines: Line[];

  /** The log of a run that resumes after `steps` steps; an empty one for 0. */
  static async read(folder: string, steps: number): Promise<TrainingLog> {
    if (steps === 0) return new TrainingLog(folder, []);
    const rows = await readCsv(path.join(folder, 'log.csv'), COLUMNS);
    const lines = rows.map(row => ({
      step: Number(row.step),
      loss: Number(row.loss),
      rate: Number(row.rate),
      auc: row.auc === '' ? undefined : Number(row.auc),
    }));
    return new TrainingLog(
      folder,
      lines.filter(({ step }) => step <= steps),
    );
  }

  private constructor(
    private readonly folder: string,
    lines: Line[],
  ) {
    this.lines = lines;
    this.loss = lines.at(-1)?.loss ?? NaN;
  }

  /** Records a step, numbered from 1. */
  recordStep(step: number, loss: number, rate: number): void {
    this.loss = Number.isNaN(this.loss) ? loss : (1 - FORGOTTEN) * this.loss + FORGOTTEN * loss;
    if (step % STEPS_PER_LINE === 0) this.lines.push({ step, loss: this.loss, rate, auc: undefined });
  }

  /** Records a validation. @returns whether it is the best so far */
  recordValidation(step: number, auc: number): boolean {
    const isBest = this.validations.every(({ auc: before }) => before < auc);
    const line = this.lines.at(-1);
    if (line?.step === step) line.auc = auc;
    else this.lines.push({ step, loss: this.loss, rate: NaN, auc });
    return isBest;
  }

  get validationsSinceBest(): number {
    const aucs = this.validations.map(({ auc }) => auc);
    return aucs.length === 0 ? 0 : aucs.length - 1 - indexOfLargest(aucs);
  }

  async write(): Promise<void> {
    const rows = this.lines.map(({ step, loss, rate, auc }) => ({
      step,
      loss: loss.toFixed(4),
      rate: rate.toPrecision(4),
      auc: auc?.toFixed(4),
    }));
    await writeAtomically(path.join(this.folder, 'log.csv'), formatCsv(COLUMNS, rows));
    await writeAtomically(path.join(this.folder, 'curves.svg'), this.picture());
  }

  private get validations(): (Line & { auc: number })[] {
    return this.lines.filter((line): line is Line & { auc: number } => line.auc !== undefined);
  }

  /** Loss, learning rate and validation in one plot, each on its own scale. */
  private picture(): string {
    const x = { label: 'step', from: 0 };
    const most = Math.max(...this.lines.map(({ rate }) => rate || 0));
    const loss: Series = {
      name: 'running loss',
      mark: 'line',
      points: this.lines.map(line => ({ x: line.step, y: line.loss })),
    };
    const top = Math.max(...this.lines.map(line => line.loss));
    const series: Series[] = [
      loss,
      {
        name: `learning rate (most: ${most.toPrecision(2)})`,
        mark: 'dashed',
        points: this.lines
          .filter(({ rate }) => rate > 0)
          .map(({ step, rate }) => ({ x: step, y: (rate / most) * top })),
      },
    ];
    if (this.validations.length > 0) {
      series.push({
        name: 'validation: 1 - AUC, times 10',
        mark: 'dots',
        points: this.validations.map(({ step, auc }) => ({ x: step, y: 10 * (1 - auc) })),
      });
    }
    return plot({ title: 'Training', x, y: { label: 'loss', from: 0 }, series });
  }
}
