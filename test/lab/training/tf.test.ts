import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

/** Runs a program to which no package of TensorFlow.js is installed. */
async function withoutTensorFlow(program: string): Promise<string> {
  const hide = `
    const Module = require('node:module');
    const resolve = Module._resolveFilename;
    Module._resolveFilename = function (name, ...others) {
      if (name.startsWith('@tensorflow/')) throw Object.assign(new Error('hidden'), { code: 'MODULE_NOT_FOUND' });
      return resolve.call(this, name, ...others);
    };`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', hide + program], {
    cwd: path.resolve('dist'),
  });
  return stdout;
}

describe('without TensorFlow.js', () => {
  it('training says what to install', async () => {
    const said = await withoutTensorFlow(
      "require('./src/lab/training/backend.js').loadTrainingTf().catch(({ code, message }) => console.log(code, message))",
    );
    assert.match(
      said,
      /^training-backend .*npm install @tensorflow\/tfjs-node .*npm install @tensorflow\/tfjs-core/,
    );
  });

  it('the models run', async () => {
    for (const model of ['crynet', 'crynet-fixed', 'mel7s']) {
      const said = await withoutTensorFlow(`
        const chunk = { samples: new Float32Array(16000), firstSample: 0, at: 0, source: '', lost: 0 };
        require('./src/model/load.js').loadClassifier('${model}')
          .then(model => model.open().push(chunk))
          .then(scores => console.log(scores.length));`);
      assert.ok(Number(said) > 0, model);
    }
  });
});
