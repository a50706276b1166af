/** The options of commands that read a training corpus (see readTrainingCorpus). */
export const CORPUS_OPTIONS = {
  data: { type: 'string', value: 'FOLDER', help: 'the corpus (docs/training.md)' },
  more: {
    type: 'string',
    multiple: true,
    default: [] as string[],
    value: 'FOLDER',
    help: 'more recordings, for training only; can be given several times',
  },
  teacher: {
    type: 'string',
    multiple: true,
    default: [] as string[],
    value: 'FOLDER',
    help: "teachers' scores of the recordings, from deepinfant teach; can be given several times",
  },
} as const;
