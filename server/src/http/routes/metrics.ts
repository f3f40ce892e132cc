import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { AppParts } from '../framework/app-parts.js';
import type { Route } from '../framework/route.js';

/** What the reconciler tells among its counters that also falls: a gauge each, and no event. */
const RECONCILER_STANDINGS: Readonly<Record<string, string>> = {
  queued: 'Devices that wait to be reconciled',
  devices: 'Devices that the reconciler knows',
  configurations: 'Configurations that the reconciler knows',
  scannedConfigurations: 'Enabled configurations that are asked of every device, for no index can look them up',
  indexedPaths: 'Paths of tags in the index of devices',
  indexedValues: 'Different values in the index of devices',
  unindexedValues: 'Values of devices at paths of tags that were left out of the index',
  pathsGivenUp: 'Paths of which only types are in the index of devices, for they had too many different values',
  held: 'Devices that are held in or out of a configuration, for their match changed too often',
  preparedBlocks: 'Blocks of values that are collected for an answer that is about to be asked for',
  watchedPaths: 'Paths of reported documents in the index of devices',
};

/** Numbers for Prometheus. Labels name routes, statuses and events, never devices. */
export class HttpMetrics {
  readonly #registry = new Registry();
  readonly #durations: Histogram<'method' | 'route' | 'status'>;

  constructor({ running }: Pick<AppParts, 'running'>) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#durations = new Histogram({
      name: 'muster_http_request_duration_seconds',
      help: 'Time from a request to the end of its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2, 10],
      registers,
    });
    new Gauge({
      name: 'muster_connected_devices',
      help: 'Devices that are connected to this server',
      registers,
      collect() {
        this.set(running.broker?.connectedCount ?? 0);
      },
    });
    for (const [standing, help] of Object.entries(RECONCILER_STANDINGS)) {
      new Gauge({
        name: `muster_reconciler_${standing.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
        help,
        registers,
        collect() {
          this.set(running.reconciler?.counters[standing] ?? 0);
        },
      });
    }
    for (const part of ['broker', 'reconciler'] as const) {
      new Counter({
        name: `muster_${part}_events_total`,
        help: `What the ${part} counted`,
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
  return Object.entries(part?.counters ?? {}).filter(([name]) => !Object.hasOwn(RECONCILER_STANDINGS, name));
}
