import { countOf, usageError } from '../../cli/arguments.js';
import { defineCommand } from '../../cli/command.js';
import { abortOnInterrupt } from '../../cli/interrupt.js';
import { print, printError } from '../../cli/output.js';
import { ProgressLine } from '../../cli/progress-line.js';
import { readClips } from '../detector/clips.js';
import { readConfig } from '../detector/config.js';
import { readTrainingCorpus } from '../detector/training-corpus.js';
import { originOf } from '../detector/training-mixtures.js';
import { CORPUS_OPTIONS } from './corpus-options.js';
import { MixtureMaker } from '../mixtures/mixture-maker.js';
import { FILE_MIXTURES, MixtureStore, type StoredMixture } from '../mixtures/mixture-store.js';
import { syntheticCries } from '../mixtures/synthetic-cries.js';
import { cryingTogether, heardBy } from '../teacher/joint-target.js';
import { Mn04 } from '../teacher/mn04.js';
import { Yamnet } from '../teacher/yamnet.js';

/** Enough that a network of CryNet's size sees each about ten times. */
const DEFAULT_COUNT = 30_000;

export const command = defineCommand({
  synopsis: ['mix CONFIG YAMNET.tflite MN04.onnx --data FOLDER --teacher FOLDER... --out FOLDER [options]'],
  description: `Mixes recordings of a corpus at random, asks both teachers what they hear in each mixture, and keeps the
    mixtures for 'deepinfant train --mixtures FOLDER', which may run at the same time. If the command is stopped, the same
    command resumes it.`,
  options: {
    ...CORPUS_OPTIONS,
    out: { type: 'string', value: 'FOLDER', help: 'folder for the mixtures: 58 KB each' },
    count: { type: 'string', value: 'N', help: `number of mixtures to make (default: ${DEFAULT_COUNT})` },
  },
  examples: [
    [
      'mix ours.json yamnet.tflite mn04.onnx --data recordings --teacher scores --out mixtures',
      'mixtures to train with',
    ],
  ],
  run: async ({ values, positionals }) => {
    const { data, more, teacher: scores, out } = values;
    const [configFile, yamnetFile, mn04File] = positionals;
    if (positionals.length !== 3 || data === undefined || out === undefined || scores.length === 0)
      throw usageError(
        "Give a training config, YAMNet's file, mn04's file, the corpus (--data), the teachers' scores of it (--teacher) and a " +
          'folder for the mixtures (--out).',
      );
    const count = values.count === undefined ? DEFAULT_COUNT : countOf('count', values.count);
    const signal = abortOnInterrupt();
    const config = await readConfig(configFile);
    const corpus = await readTrainingCorpus(config, { corpus: data, more, teacher: scores });
    const { doubtful, recordings } = corpus;
    const origin = originOf(corpus, config);
    const teacher = corpus.teacher!;
    for (const remark of corpus.remarks) printError(remark);
    const progress = new ProgressLine(FILE_MIXTURES);
    const all = await readClips(corpus, config.rivalWeights, ({ done, total }) => {
      progress.show({ part: 'recordings, reading', done, total });
    });
    const known = [...recordings, ...corpus.more].map(recording => {
      const heard = heardBy(teacher, recording.path);
      if (heard === undefined || doubtful.has(recording.path)) return undefined;
      return { ...all.get(recording)!, crying: cryingTogether(heard) };
    });
    const used = known.filter(clip => clip !== undefined).length;
    print(
      `${used} of ${known.length} recordings are mixed: the others' labels are in doubt, or no teacher heard them`,
    );
    const teachers = { yamnet: await Yamnet.open(yamnetFile), mn04: await Mn04.open(mn04File) };
    const { seed, cropFrames, rivalWeights } = config;
    const teacherSha256s = [teachers.yamnet.sha256, teachers.mn04.sha256];
    const made = { ...origin, seed, rivalWeights, teacherSha256s };
    const store = await MixtureStore.open(out, cropFrames, JSON.stringify(made, null, 2));
    const clips = [...known, ...syntheticCries()];
    const maker = new MixtureMaker(clips, teachers, cropFrames, seed);
    while (store.count < count) {
      const mixtures: StoredMixture[] = [];
      while (mixtures.length < FILE_MIXTURES) {
        signal.throwIfAborted();
        mixtures.push(await maker.make(store.count + mixtures.length));
      }
      await store.append(mixtures);
      progress.show({ part: 'mixtures', done: store.count, total: count });
    }
    await Promise.all([teachers.yamnet.close(), teachers.mn04.close()]);
    print(`${store.count} mixtures: ${out}`);
    return 0;
  },
});
