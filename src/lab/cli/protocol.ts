import path from 'node:path';
import { readCorpusFolder } from '../corpus/corpus.js';
import type { Classifier } from '../../model/classifier.js';
import { loadClassifier } from '../../model/load.js';
import { writeAtomically } from '../../files/write-atomically.js';
import { phoneTable, protocolFigures, protocolPlot, protocolTable } from '../reasons/protocol-figures.js';
import { checkPhones, PROTOCOL_SETTINGS, runProtocols } from '../reasons/protocol.js';
import { describeForHead, readReasonClips, type ReasonClip } from '../reasons/reason-clips.js';
import { soundAlone, soundAloneTable } from '../reasons/sound-alone.js';
import { countOf, usageError } from '../../cli/arguments.js';
import { abortOnInterrupt } from '../../cli/interrupt.js';
import { print, printError, printJson, printTable } from '../../cli/output.js';
import { ProgressLine } from '../../cli/progress-line.js';
import { defineCommand } from '../../cli/command.js';

export const command = defineCommand({
  synopsis: ['protocol --data FOLDER [options]'],
  takesOptionsOnly: true,
  description: `Measures how well sound alone predicts why a baby cries (five reasons), and how much of that comes from the
    way of measuring: with altered copies made before a split by file, with a split by file, and with phones kept apart
    (docs/protocol.md). Also draws a plot and trains mel7s on everything, in OUT/model. If it is stopped, the same command
    resumes it.`,
  options: {
    data: { type: 'string', value: 'FOLDER', help: "a corpus whose manifest.csv gives each cry's reason" },
    sound: {
      type: 'boolean',
      default: false,
      help: `measure only, in a few minutes, the log loss of the reason from sound alone, with phones kept apart, compared
        with how common each reason is`,
    },
    out: {
      type: 'string',
      default: path.join('runs', 'protocol'),
      value: 'FOLDER',
      help: 'folder of the run (default: runs/protocol)',
    },
    steps: {
      type: 'string',
      default: String(PROTOCOL_SETTINGS.mel7s.steps),
      value: 'N',
      help: `training steps of each network (default: ${PROTOCOL_SETTINGS.mel7s.steps})`,
    },
    json: { type: 'boolean', default: false, help: 'print the figures as a JSON object' },
  },
  examples: [
    ['protocol --data recordings', 'all of it, over hours'],
    ['protocol --data recordings --sound', 'the reasons from sound alone, in minutes'],
  ],
  run: async ({ values }) => {
    const { data, out } = values;
    if (data === undefined) throw usageError('Give a corpus with --data.');
    const steps = countOf('steps', values.steps);
    const signal = abortOnInterrupt();
    const corpus = await readCorpusFolder(data);
    for (const remark of corpus.remarks) printError(remark);
    const { clips, left } = await readReasonClips(corpus.recordings);
    const phones = new Set(clips.map(({ recording }) => recording.group)).size;
    const leftOut = Object.entries(left).map(([why, count]) => `, ${count} left out: ${why}`);
    process.stderr.write(`${clips.length} cries with a reason from ${phones} phones${leftOut.join('')}\n`);

    const classifier = await loadClassifier();
    const progress = new ProgressLine(LOG_EVERY);
    try {
      if (values.sound) {
        await soundOnly(clips, classifier, values.json, progress, signal);
        return 0;
      }
      const predictions = await runProtocols({
        clips,
        corpusSha256: corpus.sha256,
        classifier,
        settings: { ...PROTOCOL_SETTINGS, mel7s: { ...PROTOCOL_SETTINGS.mel7s, steps } },
        folder: out,
        signal,
        onProgress: (part, done, total, loss) => {
          progress.show({
            part,
            done,
            total,
            note: loss === undefined ? undefined : `loss ${loss.toFixed(3)}`,
          });
        },
      });
      const figures = protocolFigures(predictions);
      const picture = path.join(out, 'balanced-accuracy.svg');
      await writeAtomically(picture, protocolPlot(figures));
      if (values.json) printJson({ recordings: clips.length, phones, left, protocols: figures });
      else {
        printTable(protocolTable(figures));
        print('');
        printTable(phoneTable(figures));
        print(`\nPlot: ${picture}\nModel: ${path.join(out, 'model')}`);
      }
    } finally {
      progress.clear();
      await classifier.close();
    }
    return 0;
  },
});

const LOG_EVERY = 100;

async function soundOnly(
  clips: readonly ReasonClip[],
  classifier: Classifier,
  isJson: boolean,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<void> {
  checkPhones(clips);
  const step = (part: 'hearing' | 'training') => (done: number, total: number) => {
    signal.throwIfAborted();
    progress.show({ part, done, total });
  };
  const examples = await describeForHead(clips, classifier, step('hearing'));
  const figures = soundAlone(examples, PROTOCOL_SETTINGS.seed, step('training'));
  progress.clear();
  if (isJson) printJson(figures);
  else printTable(soundAloneTable(figures));
}
