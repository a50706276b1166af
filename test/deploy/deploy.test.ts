import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { readConfig } from '../../src/serve/config/read.js';
import type { Config } from '../../src/serve/config/schema.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { leadsTo } from '../docs/markdown-links.js';

const DEPLOY = path.join(PACKAGE_ROOT, 'deploy');
const MAIN = path.join(PACKAGE_ROOT, 'dist', 'src', 'cli', 'main.js');
/** Made from deploy/Dockerfile. */
const OWN_IMAGE = 'deepinfant:local';
const SECRET = 'lullaby-and-goodnight';

const files = readdirSync(DEPLOY, { recursive: true, encoding: 'utf8' });
const textOf = (name: string): string => readFileSync(path.join(DEPLOY, name), 'utf8');

/** The documents of a YAML file. @throws AssertionError for errors and warnings */
function documentsIn<T>(name: string): T[] {
  const secret = { tag: '!secret', resolve: (text: string) => text };
  const documents = parseAllDocuments(textOf(name), { merge: true, customTags: [secret] });
  assert.ok(Array.isArray(documents), name);
  return documents.map(document => {
    assert.deepEqual([...document.errors, ...document.warnings].map(String), [], name);
    return document.toJS() as T;
  });
}

interface ComposeService {
  image: string;
  build?: string;
  command?: string;
  ports?: string[];
  volumes?: string[];
  secrets?: string[];
  depends_on?: string[];
  healthcheck?: { test: string[] };
}

interface Compose {
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
  secrets: Record<string, { file: string }>;
}

interface Prometheus {
  rule_files: string[];
  scrape_configs: {
    authorization: { credentials_file: string };
    static_configs: { targets: string[] }[];
  }[];
}

interface Manifest {
  kind: string;
  metadata: { name: string; labels?: Record<string, string> };
  data: Record<string, string>;
  stringData: Record<string, string>;
  spec: ServiceSpec & StatefulSetSpec;
}

interface ServiceSpec {
  ports: { port: number; name: string }[];
}

interface StatefulSetSpec {
  serviceName: string;
  replicas: number;
  selector: { matchLabels: Record<string, string> } & Record<string, string>;
  template: {
    metadata: { labels: Record<string, string> };
    spec: {
      containers: {
        image: string;
        command: string[];
        args: string[];
        env: { name: string; value: string }[];
        ports: { name: string; containerPort: number }[];
        readinessProbe: Probe;
        livenessProbe: Probe;
        volumeMounts: { name: string; mountPath: string }[];
      }[];
      volumes: {
        name: string;
        projected?: { sources: { configMap?: { name: string }; secret?: { name: string } }[] };
        persistentVolumeClaim?: { claimName: string };
      }[];
    };
  };
}

interface Probe {
  httpGet: { path: string; port: string };
}

describe('What starts the service', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-deploy-'))));
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Reads a configuration, with a secret for each that it names. */
  function configOf(text: string): Config {
    const names = [...text.matchAll(/!secret (\w+)/g)].map(([, name]) => name);
    writeFileSync(path.join(folder, 'secrets.yaml'), names.map(name => `${name}: ${SECRET}\n`).join(''));
    writeFileSync(path.join(folder, 'deepinfant.yaml'), text);
    return readConfig(path.join(folder, 'deepinfant.yaml'));
  }

  /** What the command line says of a command of a file, with the configuration of the test. */
  async function check(script: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
    const program = path.join(folder, 'deepinfant');
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@" --check\n`);
    chmodSync(program, 0o755);
    const here = script.replace(
      /\/(etc\/deepinfant|config)\/deepinfant\.yaml/,
      path.join(folder, 'deepinfant.yaml'),
    );
    assert.notEqual(here, script, 'the configuration in the command');
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', here], {
      env: { ...process.env, ...env, PATH: `${folder}:${process.env.PATH ?? ''}` },
    });
    return stdout;
  }

  it('is YAML without errors, and its pages lead where they say', () => {
    const yaml = files.filter(name => /\.ya?ml$/.test(name));
    assert.ok(yaml.length >= 5, yaml.join());
    for (const name of yaml) documentsIn(name);
    const pages = files.filter(name => name.endsWith('.md'));
    for (const name of pages)
      for (const [, link] of textOf(name).matchAll(/\]\(([^)]+)\)/g))
        if (!/^https?:/.test(link))
          assert.ok(leadsTo(path.join(DEPLOY, path.dirname(name)), link), `${name}: ${link}`);
  });

  it('has units for systemd whose commands the service takes', async () => {
    configOf('{}');
    for (const name of files.filter(file => file.endsWith('.service'))) {
      const command = /^ExecStart=(.*)$/m.exec(textOf(name))![1].replaceAll('%i', '2');
      const said = await check(command);
      assert.match(said, name.includes('@') ? /is valid\.\nShard 2 of 5 hears / : /is valid\.\n$/);
    }
  });

  describe('with Docker Compose', () => {
    const [compose] = documentsIn<Compose>('compose/compose.yaml');
    const text = textOf('compose/config/deepinfant.yaml');
    const services = Object.entries(compose.services);
    const shards = services.filter(([name]) => name.startsWith('shard-'));

    it('gives each shard its number, and the same configuration', async () => {
      const config = configOf(text);
      const heard: string[] = [];
      for (const [i, [name, { command, image, build }]] of shards.entries()) {
        assert.equal(name, `shard-${i + 1}`);
        assert.deepEqual([image, build], [OWN_IMAGE, '..']);
        const said = await check(`deepinfant ${command}`);
        assert.match(said, new RegExp(`\nShard ${i + 1} of ${shards.length} hears `));
        heard.push(...said.split('\n').filter(line => line.startsWith('  ')));
      }
      assert.deepEqual(
        heard.sort(),
        config.sources.map(({ name, babies }) => `  ${babies!.join()}: ${name}`).sort(),
      );
      assert.equal(config.folder, undefined, 'the folder is that of the image');
    });

    it('has ports that agree', () => {
      const { page, mqtt } = configOf(text);
      const published = services.flatMap(([, { ports = [] }]) => ports.map(port => port.split(':').at(-2)));
      assert.equal(new Set(published).size, published.length);
      for (const [name, { ports, healthcheck }] of shards) {
        assert.equal(ports![0].split(':').at(-1), String(page.port), name);
        assert.match(healthcheck!.test.join(' '), new RegExp(`127\\.0\\.0\\.1:${page.port}/health`));
      }
      const [prometheus] = documentsIn<Prometheus>('compose/prometheus/prometheus.yml');
      assert.deepEqual(
        prometheus.scrape_configs[0].static_configs[0].targets,
        shards.map(([name]) => `${name}:${page.port}`),
      );
      const broker = new URL(mqtt!.url);
      assert.ok(broker.hostname in compose.services);
      assert.ok(compose.services[broker.hostname].ports!.includes(`${broker.port}:${broker.port}`));
      assert.match(textOf('compose/mosquitto/mosquitto.conf'), new RegExp(`^listener ${broker.port}$`, 'm'));
    });

    it('declares what it uses', () => {
      const [prometheus] = documentsIn<Prometheus>('compose/prometheus/prometheus.yml');
      for (const [name, { volumes = [], secrets = [], depends_on: needed = [], image }] of services) {
        for (const volume of volumes) {
          const [from] = volume.split(':');
          if (from.startsWith('.')) assert.ok(existsSync(path.join(DEPLOY, 'compose', from)), volume);
          else assert.ok(from in compose.volumes, `${name}: ${volume}`);
        }
        for (const secret of secrets) assert.ok(secret in compose.secrets, `${name}: ${secret}`);
        for (const other of needed) assert.ok(other in compose.services);
        assert.ok(
          image === OWN_IMAGE || /^[\w-]+\/[\w-]+:v?\d/.test(image) || /^[\w-]+:\d/.test(image),
          image,
        );
      }
      const used = [...text.matchAll(/!secret (\w+)/g)].map(([, secret]) => secret);
      for (const [name, { secrets }] of shards) assert.deepEqual(secrets, used, name);
      const { credentials_file: token } = prometheus.scrape_configs[0].authorization;
      assert.deepEqual(compose.services.prometheus.secrets, [path.basename(token)]);
      for (const file of prometheus.rule_files) assert.ok(files.includes(`compose/prometheus/${file}`));
      const readme = textOf('compose/README.md');
      for (const { file } of Object.values(compose.secrets))
        assert.ok(readme.includes(file.replace('./', '> ')));
      assert.match(readme, /Dockerfile.*none is\s+published/);
    });

    it('alerts of metrics that there are', () => {
      const source = ['serve/status.ts', 'serve/metrics.ts']
        .map(file => readFileSync(path.join(PACKAGE_ROOT, 'src', file), 'utf8'))
        .join('');
      const named = [...textOf('compose/prometheus/alerts.yml').matchAll(/deepinfant_(\w+)/g)];
      assert.ok(named.length > 0);
      for (const [, name] of named) assert.ok(source.includes(`'${name}'`), name);
    });
  });

  describe('with Kubernetes', () => {
    const manifests = documentsIn<Manifest>('kubernetes/deepinfant.yaml');
    const of = (kind: string): Manifest => manifests.find(manifest => manifest.kind === kind)!;
    const set = of('StatefulSet').spec;
    const pod = set.template.spec;
    const [container] = pod.containers;

    it('gives each pod the shard of its name', async () => {
      configOf(of('ConfigMap').data['deepinfant.yaml']);
      const [shell, option] = container.command;
      assert.deepEqual([shell, option, container.args.length], ['sh', '-c', 1]);
      const env = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
      assert.equal(env.SHARDS, String(set.replicas));
      for (const pod of [0, set.replicas - 1]) {
        const said = await check(container.args[0], { ...env, HOSTNAME: `deepinfant-${pod}` });
        assert.match(said, new RegExp(`\nShard ${pod + 1} of ${set.replicas} hears `));
      }
    });

    it('has a configuration whose secrets and port there are', () => {
      const text = of('ConfigMap').data['deepinfant.yaml'];
      const { page } = configOf(text);
      assert.equal(page.host, '0.0.0.0');
      writeFileSync(path.join(folder, 'secrets.yaml'), of('Secret').stringData['secrets.yaml']);
      readConfig(path.join(folder, 'deepinfant.yaml'));
      assert.deepEqual(container.ports, [{ name: 'page', containerPort: page.port }]);
      assert.deepEqual(of('Service').spec.ports, [{ name: 'page', port: page.port }]);
      assert.deepEqual(container.readinessProbe.httpGet, { path: '/health', port: 'page' });
      assert.deepEqual(container.livenessProbe.httpGet, { path: '/alive', port: 'page' });
    });

    it('has names that agree', () => {
      const labels = set.template.metadata.labels;
      assert.deepEqual(set.selector.matchLabels, labels);
      assert.deepEqual(of('Service').spec.selector, labels);
      assert.equal(set.serviceName, of('Service').metadata.name);
      assert.equal(container.image, OWN_IMAGE);
      assert.deepEqual(
        container.volumeMounts.map(({ name }) => name).sort(),
        pod.volumes.map(({ name }) => name).sort(),
      );
      const mounted = new Map(container.volumeMounts.map(({ mountPath, name }) => [mountPath, name]));
      const [config, data] = ['/config', '/data'].map(mount =>
        pod.volumes.find(({ name }) => name === mounted.get(mount))!,
      );
      assert.deepEqual(config.projected!.sources, [
        { configMap: { name: of('ConfigMap').metadata.name } },
        { secret: { name: of('Secret').metadata.name } },
      ]);
      assert.equal(data.persistentVolumeClaim!.claimName, of('PersistentVolumeClaim').metadata.name);
      const dockerfile = textOf('Dockerfile');
      assert.match(dockerfile, /^ENV STATE_DIRECTORY=\/data$/m);
      assert.match(dockerfile, new RegExp(`^# .*docker build --tag ${OWN_IMAGE} deploy$`, 'm'));
    });
  });
});
