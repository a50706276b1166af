'use strict';

/**
 * The rooms of `src/` from the ground up: a room imports only rooms that come before it. Files directly in `src/` are
 * the ground that all rooms stand on; `src/lab` may import every room.
 */
const ROOMS = [
  'texts',
  'maths',
  'files',
  'door',
  'synth',
  'features',
  'pictures',
  'model',
  'audio',
  'detect',
  'reason',
  'baby',
  'journal',
  'hass',
  'serve',
  'cli',
];

const roomOrder = ROOMS.slice(0, -1).map((room, i) => ({
  name: `${room}-imports-no-later-room`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: `^src/(${ROOMS.slice(i + 1).join('|')})/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Type-only imports count too.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'core-without-node-red',
      comment: 'The core knows nothing of Node-RED.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(nodes/|node_modules/(@types/)?node-red)' },
    },
    {
      name: 'product-without-lab',
      comment: 'Only the command line reaches the laboratory, to run its commands.',
      severity: 'error',
      from: { path: '^(src|nodes)/', pathNot: ['^src/lab/', '^src/cli/main\\.ts$'] },
      to: { path: '^src/lab/' },
    },
    {
      name: 'nodes-apart',
      comment: 'A node folder imports no other node folder.',
      severity: 'error',
      from: { path: '^nodes/([^/]+)/' },
      to: { path: '^nodes/deepinfant-[^/]+/', pathNot: '^nodes/$1/' },
    },
    {
      name: 'ground-imports-no-room',
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$', pathNot: '^src/index\\.ts$' },
      to: { path: '^src/[^/]+/' },
    },
    {
      name: 'card-apart',
      comment:
        "The card runs in Home Assistant's dashboard, on its own; it shares pure ground with the rest.",
      severity: 'error',
      from: { path: '^src/card/' },
      to: {
        path: '^src/',
        pathNot: '^src/(card/|texts/|(night|values|wall-clock|reason/(certainty|evidence-text))\\.ts$)',
      },
    },
    ...roomOrder,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
  },
};
