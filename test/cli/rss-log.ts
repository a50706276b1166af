/** Loaded into a process by --require: writes its resident memory to the file $RSS_LOG, in MB, a line twice a second. */
import { appendFileSync } from 'node:fs';

setInterval(() => {
  appendFileSync(process.env.RSS_LOG!, `${Math.round(process.memoryUsage.rss() / 1e6)}\n`);
}, 500).unref();
