/** A value of a metric. */
export interface Sample {
  labels: Readonly<Record<string, string>>;
  /** Null where it is not known: then there is no sample. */
  value: number | null;
}

/** A metric in Prometheus's text format (prometheus.io, Exposition formats); nothing where it has no sample. */
export function metric(
  type: 'gauge' | 'counter',
  name: string,
  help: string,
  samples: readonly Sample[],
): string {
  const lines = samples.flatMap(({ labels, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
    return value === null
      ? []
      : [`deepinfant_${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`];
  });
  if (lines.length === 0) return '';
  return `# HELP deepinfant_${name} ${help}\n# TYPE deepinfant_${name} ${type}\n${lines.join('')}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
