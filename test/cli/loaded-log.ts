/** Preloaded into the command line: at its end tells, on stderr, the files of this package that it loaded. */
import { PACKAGE_ROOT } from '../../src/package-root.js';

process.on('exit', () => {
  const loaded = Object.keys(require.cache).filter(file => file.startsWith(PACKAGE_ROOT));
  process.stderr.write(`loaded ${JSON.stringify(loaded)}\n`);
});
