import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type OpenMetricsContentType,
  openMetricsContentType,
  Registry,
} from 'prom-client';

/** The values that a label may take: small closed sets, listed in full. Never a station, a token, a path. */
type LabelValues = Readonly<Record<string, readonly string[]>>;
type LabelsOf<L extends LabelValues> = { readonly [Name in keyof L]: L[Name][number] };
/** No argument for a metric without labels. */
type At<L extends LabelValues> = keyof L extends never ? [] : [labels: LabelsOf<L>];

interface MetricOptions<Name extends string, L extends LabelValues> {
  readonly name: Name;
  readonly help: string;
  readonly labels?: L;
}

type CounterOptions<L extends LabelValues> = MetricOptions<`busbar_${string}_total`, L>;
type GaugeOptions<L extends LabelValues> = MetricOptions<`busbar_${string}`, L> & {
  /** Asked at every scrape, instead of being told of every change. Only for a gauge without labels. */
  readonly read?: () => number;
};
type HistogramOptions<L extends LabelValues> = MetricOptions<`busbar_${string}`, L> & {
  /** Upper bounds, rising. */
  readonly buckets?: readonly number[];
};

/** `at` gives the one cell of these labels. Keep it where it is used often: counting on it costs an addition. */
interface Family<Cell, L extends LabelValues> {
  at(...labels: At<L>): Cell;
}

export interface CounterCell {
  inc(by?: number): void;
}

export interface GaugeCell {
  set(value: number): void;
  inc(by?: number): void;
  dec(by?: number): void;
}

export interface HistogramCell {
  observe(value: number): void;
}

export interface Metrics {
  counter<const L extends LabelValues = Record<never, never>>(
    options: CounterOptions<L>,
  ): Family<CounterCell, L>;
  gauge<const L extends LabelValues = Record<never, never>>(options: GaugeOptions<L>): Family<GaugeCell, L>;
  histogram<const L extends LabelValues = Record<never, never>>(
    options: HistogramOptions<L>,
  ): Family<HistogramCell, L>;
  /** Everything, as OpenMetrics text. */
  expose(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** From a fast local answer to a command that waits for its station. */
export const latencyBucketsSeconds = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/** What a label value becomes that is not among those listed, so that nothing from outside can grow the registry. */
export const otherLabel = 'other';

/** The one registry of a process. `processMetrics` adds CPU, memory, garbage collection and event-loop lag. */
export function createMetrics(options: { readonly processMetrics: boolean }): Metrics {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(openMetricsContentType);
  if (options.processMetrics) collectDefaultMetrics({ register: registry });
  return {
    counter({ name, help, labels }) {
      const cells = new Cells(labels, () => new Tally());
      registry.registerMetric(
        new Counter({
          name,
          help,
          labelNames: cells.names,
          registers: [],
          collect() {
            this.reset();
            for (const { labels, cell } of cells.all()) this.inc(labels, cell.total);
          },
        }),
      );
      return cells;
    },
    gauge({ name, help, labels, read }) {
      const gauge = new Gauge({
        name,
        help,
        labelNames: Object.keys(labels ?? {}),
        registers: [],
        ...(read && {
          collect() {
            this.set(read());
          },
        }),
      });
      registry.registerMetric(gauge);
      return new Cells(labels, (of) => gauge.labels(of));
    },
    histogram({ name, help, labels, buckets = latencyBucketsSeconds }) {
      const histogram = new Histogram({
        name,
        help,
        labelNames: Object.keys(labels ?? {}),
        registers: [],
        buckets: [...buckets],
      });
      registry.registerMetric(histogram);
      return new Cells(labels, (of) => histogram.labels(of));
    },
    async expose() {
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

/** A count in one field: prom-client would hash the labels on every call. */
class Tally implements CounterCell {
  total = 0;

  inc(by = 1): void {
    if (!(by >= 0)) throw new RangeError(`a counter cannot change by ${by}`);
    this.total += by;
  }
}

/** The cells of one metric, made when first asked for. */
class Cells<Cell, L extends LabelValues> implements Family<Cell, L> {
  readonly names: string[];
  readonly #allowed: LabelValues;
  readonly #make: (labels: Record<string, string>) => Cell;
  readonly #cells = new Map<string, { readonly labels: Record<string, string>; readonly cell: Cell }>();

  constructor(allowed: L | undefined, make: (labels: Record<string, string>) => Cell) {
    this.#allowed = allowed ?? {};
    this.names = Object.keys(this.#allowed);
    this.#make = make;
    // A metric without labels shows its zero from the start.
    if (this.names.length === 0) this.#cellOf({});
  }

  at(...[labels]: At<L>): Cell {
    return this.#cellOf(this.#bounded(labels ?? {}));
  }

  all(): Iterable<{ readonly labels: Record<string, string>; readonly cell: Cell }> {
    return this.#cells.values();
  }

  #cellOf(labels: Record<string, string>): Cell {
    const key = this.names.map((name) => labels[name]).join('\n');
    const known = this.#cells.get(key);
    if (known) return known.cell;
    const cell = this.#make(labels);
    this.#cells.set(key, { labels, cell });
    return cell;
  }

  #bounded(labels: Readonly<Record<string, string>>): Record<string, string> {
    const bounded: Record<string, string> = {};
    for (const name of this.names) {
      const value = labels[name];
      bounded[name] = value !== undefined && this.#allowed[name]?.includes(value) ? value : otherLabel;
    }
    return bounded;
  }
}
