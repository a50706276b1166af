import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Something that a machine has once, while test files run beside each other: a process holds it until each who took
 * it there has given it back. A port of loopback stands for it, which is free again however its process ends.
 */
export class Turn {
  private holders = 0;
  private taken: Promise<Server> | undefined;

  constructor(private readonly port: number) {}

  async take(): Promise<void> {
    this.holders++;
    await (this.taken ??= this.listen());
  }

  async giveBack(): Promise<void> {
    this.holders--;
    if (this.holders > 0) return;
    const server = await this.taken!;
    this.taken = undefined;
    server.close();
    await once(server, 'close');
  }

  private async listen(): Promise<Server> {
    for (;;) {
      const server = createServer().listen(this.port, '127.0.0.1');
      try {
        await once(server, 'listening');
        return server;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
        await sleep(100);
      }
    }
  }
}
