import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FoundCamera } from './found.js';
import type { OnvifLogin, OnvifMessage } from './onvif-worker.js';

/** How long nothing new may happen: the thread starts, the search begins, another camera answers and is asked for its stream. */
const DEADLINE_MS = 8000;

/**
 * Asks the networks of this machine for ONVIF cameras (WS-Discovery, by multicast to 239.255.255.250:3702), and each
 * for its stream; takes 3 to 8 s, and more on a busy computer. A camera that wants a login, or gives no stream, has a
 * `problem` instead of an address.
 *
 * The library behind it waits for ever for some cameras, reads answers of any size on the thread that it runs on, and
 * cannot be told to stop. So it runs in a thread of its own, which is ended.
 * @param login tried once at each camera, as a digest
 * @throws the signal's reason when it aborts
 */
export async function findOnvifCameras(
  login: OnvifLogin | undefined,
  signal: AbortSignal,
): Promise<FoundCamera[]> {
  signal.throwIfAborted();
  const found = new Map<string, FoundCamera[]>();
  const worker = new Worker(path.join(__dirname, 'onvif-worker.js'), {
    workerData: login,
    resourceLimits: { maxOldGenerationSizeMb: 128 },
    // The library prints its warnings.
    stdout: true,
    stderr: true,
  });
  worker.on('message', (message: OnvifMessage) => {
    if (message === 'searching' || !found.has(message.device)) deadline.refresh();
    if (message !== 'searching') found.set(message.device, message.cameras);
  });
  // Whatever ends the thread, an answer that it chokes on included: what it found before counts.
  worker.on('error', () => undefined);
  const end = (): void => void worker.terminate();
  // Not AbortSignal.timeout in AbortSignal.any: Node 20 may collect it as garbage before its time.
  const deadline = setTimeout(end, DEADLINE_MS);
  signal.addEventListener('abort', end);
  await new Promise(resolve => worker.once('exit', resolve));
  clearTimeout(deadline);
  signal.removeEventListener('abort', end);
  signal.throwIfAborted();
  return [...found.values()].flat();
}
