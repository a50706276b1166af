/** Starts Node-RED with this checkout's nodes and, the first time, the demo flow: see HELP. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { parseArgs } from 'node:util';
import RED from 'node-red';
import { PACKAGE_ROOT } from '../src/package-root.js';

const HOST = '127.0.0.1';

/** The demo's baby is three months old, whenever it is tried. */
const DEMO_AGE_DAYS = 91;

const HELP = `Usage: npm start [-- [--port PORT] [--userDir FOLDER]]

Starts Node-RED with these nodes and, the first time, the demo flow. It can be reached
from this computer only, and everything that it writes stays in its folder.

Options:
  --port PORT       where to open it (default: 1880, or the environment variable PORT)
  --userDir FOLDER  where flows and babies are kept (default: .node-red)
  -h, --help        print this help

Examples:
  npm start
  npm start -- --port 1881
  npm start -- --userDir /tmp/new     # the demo, as on the first day`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: process.env.PORT ?? '1880' },
      userDir: { type: 'string', default: path.join(PACKAGE_ROOT, '.node-red') },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const port = Number(values.port);
  const userDir = path.resolve(values.userDir);
  await copyDemoFlow(userDir);

  const server = createServer();
  // Before Node-RED starts, so that a second start says at once why it cannot.
  await listen(server, port);

  const settings = {
    uiHost: HOST,
    uiPort: port,
    userDir,
    flowFile: 'flows.json',
    httpAdminRoot: '/',
    httpNodeRoot: '/',
    nodesDir: PACKAGE_ROOT,
    paletteCategories: [
      'deepinfant',
      'subflows',
      'common',
      'function',
      'network',
      'sequence',
      'parser',
      'storage',
    ],
    logging: { console: { level: 'error' as const, metrics: false, audit: false } },
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { header: { title: 'Node-RED with DeepInfant' }, tours: false },
  };
  RED.init(server, settings);
  RED.httpAdmin.use(RED.httpNode);
  server.on('request', RED.httpAdmin);
  await RED.start();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
  console.log(welcome(`http://${HOST}:${port}`, userDir));
}

/** A user's own flows are never touched. */
async function copyDemoFlow(userDir: string): Promise<void> {
  await mkdir(userDir, { recursive: true });
  const demo = await readFile(path.join(PACKAGE_ROOT, 'examples', '1 - Nursery demo.json'), 'utf8');
  const born = new Date(Date.now() - DEMO_AGE_DAYS * 86_400_000).toISOString().slice(0, 10);
  const flow = demo.replace('"birthDate": ""', `"birthDate": "${born}"`);
  try {
    await writeFile(path.join(userDir, 'flows.json'), flow, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, HOST, resolve);
  });
}

async function stop(): Promise<void> {
  await RED.stop();
  process.exit(0);
}

function welcome(url: string, userDir: string): string {
  return `
DeepInfant runs in Node-RED.

  Open       ${url}
  Watch      the demo: a minute in a nursery, with one cry after a while. The nodes show what
             they hear, the debug panel (the bug, top right) shows the cry and its likely reason.
  Try next   Import > Examples > @deepinfant/node-red, or drag audio, detector and reason from
             the palette's section 'deepinfant'.
  Stop       Ctrl-C. Your flows are kept in ${userDir}
`;
}

main().catch((error: unknown) => {
  const { code, message } = error as NodeJS.ErrnoException;
  console.error(
    code === 'EADDRINUSE'
      ? `${message}. Something runs there already: stop it, or choose another port: npm start -- --port 1881`
      : code?.startsWith('ERR_PARSE_ARGS') || code === 'ERR_SOCKET_BAD_PORT'
        ? `${message}\n\n${HELP}`
        : error,
  );
  process.exit(1);
});
