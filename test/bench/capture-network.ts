/**
 * What a camera sends when its sound is heard, by codec, without and with a picture: bytes over TCP, as they pass between the
 * camera and ffmpeg. As first argument the seconds to be measured, if not 20.
 */
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { LiveSources } from '../../src/audio/live/live-sources.js';
import { cameraSource } from '../../src/audio/live/source.js';
import { GstServer } from '../rtsp/gst-server.js';
import { until } from '../until.js';

const CODECS = ['pcma', 'pcmu', 'aac', 'opus', 'l16'];
const PATIENCE_MS = 60_000;

/** Passes everything on to a server, and counts what that sends. */
async function countingProxy(port: number, count: (bytes: number) => void): Promise<Server> {
  const server = createServer(client => {
    const camera = connect(port, '127.0.0.1');
    client.pipe(camera).pipe(client);
    camera.on('data', (data: Buffer) => {
      count(data.length);
    });
    for (const socket of [client, camera])
      socket.on('error', () => {
        client.destroy();
        camera.destroy();
      });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function measure(gstreamer: GstServer, stream: string, durationS: number): Promise<string> {
  const url = new URL(gstreamer.url(stream));
  let bytes = 0;
  let samples = 0;
  const proxy = await countingProxy(Number(url.port), sent => (bytes += sent));
  url.port = String((proxy.address() as AddressInfo).port);
  const listening = new LiveSources().listen(cameraSource(stream, url.href, {}), {
    chunk: chunk => (samples += chunk.samples.length),
    health: () => undefined,
  });
  await until(() => samples > 0, stream, PATIENCE_MS);
  const [from, fromMs] = [bytes, performance.now()];
  await sleep(1000 * durationS);
  const kbits = ((bytes - from) * 8) / (performance.now() - fromMs);
  await listening.stop();
  proxy.close();
  return `${stream}: ${kbits.toFixed(1)} kbit/s`;
}

async function main(): Promise<void> {
  const durationS = Number(process.argv[2] ?? 20);
  const gstreamer = await GstServer.start();
  const streams = CODECS.flatMap(codec => [codec, `${codec}-h264`]);
  for (const stream of streams) process.stdout.write(`${await measure(gstreamer, stream, durationS)}\n`);
  await gstreamer.stop();
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
