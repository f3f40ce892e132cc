import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { AppParts } from '../framework/app-parts.js';
import type { Route } from '../framework/route.js';

/** Counters of the reconciler that can also fall: each is a gauge, not an event. */
const RECONCILER_GAUGES: Readonly<Record<string, string>> = {
  queued: 'Devices waiting to be reconciled',
  devices: 'Devices known to the reconciler',
  configurations: 'Configurations known to the reconciler',
  scannedConfigurations: 'Enabled configurations whose condition is not indexable',
  indexedPaths: 'Paths of tags in the index of devices',
  indexedValues: 'Distinct values in the index of devices',
  unindexedValues: 'Values of devices at tag paths that are not indexed',
  pathsGivenUp: 'Paths indexed by type only, because they have too many distinct values',
  held: 'Devices held in or out of a configuration, because their match changed too often',
  preparedBlocks: 'Value blocks collected in advance for pending queries',
  watchedPaths: 'Paths of reported documents in the index of devices',
};

/** Metrics for Prometheus. Labels name routes, statuses and events, never devices. */
export class HttpMetrics {
  readonly #registry = new Registry();
  readonly #durations: Histogram<'method' | 'route' | 'status'>;

  constructor({ running }: Pick<AppParts, 'running'>) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#durations = new Histogram({
      name: 'muster_http_request_duration_seconds',
      help: 'Time from a request to the end of its response',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2, 10],
      registers,
    });
    new Gauge({
      name: 'muster_connected_devices',
      help: 'Devices connected to this server',
      registers,
      collect() {
        this.set(running.broker?.connectedCount ?? 0);
      },
    });
    for (const [name, help] of Object.entries(RECONCILER_GAUGES)) {
      new Gauge({
        name: `muster_reconciler_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
        help,
        registers,
        collect() {
          this.set(running.reconciler?.counters[name] ?? 0);
        },
      });
    }
    for (const part of ['broker', 'reconciler'] as const) {
      new Counter({
        name: `muster_${part}_events_total`,
        help: `Events counted by the ${part}`,
        labelNames: ['event'],
        registers,
        collect() {
          this.reset();
          for (const [event, count] of eventsOf(running[part])) this.inc({ event }, count);
        },
      });
    }
  }

  observe(request: FastifyRequest, reply: FastifyReply): void {
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    const labels = { method: request.method, route, status: String(reply.statusCode) };
    this.#durations.observe(labels, reply.elapsedTime / 1_000);
  }

  route(): Route {
    return {
      method: 'GET',
      path: '/metrics',
      tag: 'operations',
      summary: 'Metrics for Prometheus',
      isPublic: true,
      answers: { 200: { description: 'In the text format', mediaType: 'text/plain' } },
      refuses: [],
      handle: async () => ({
        status: 200,
        body: await this.#registry.metrics(),
        mediaType: this.#registry.contentType,
      }),
    };
  }
}

function eventsOf(part: { readonly counters: Readonly<Record<string, number>> } | undefined): [string, number][] {
  return Object.entries(part?.counters ?? {}).filter(([name]) => !Object.hasOwn(RECONCILER_GAUGES, name));
}
