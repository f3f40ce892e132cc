import { LivenessSchema, problemOf, ReadinessSchema } from '@muster/api';
import { TwinError } from '@muster/twin';
import type { AppParts } from '../framework/app-parts.js';
import { PROBLEM_TYPE } from '../framework/problem.js';
import type { Route } from '../framework/route.js';

export function healthRoutes({ health }: AppParts): Route[] {
  return [
    {
      method: 'GET',
      path: '/livez',
      tag: 'operations',
      summary: 'Whether the process runs',
      isPublic: true,
      answers: { 200: { description: 'It runs', schema: LivenessSchema } },
      refuses: [],
      handle: async () => ({ status: 200, body: { status: 'live' } }),
    },
    {
      method: 'GET',
      path: '/readyz',
      tag: 'operations',
      summary: 'Whether every part is ready',
      description: 'The state of each part is in `parts`, also with 503; `progress` is the progress of a start.',
      isPublic: true,
      answers: { 200: { description: 'All parts are ready', schema: ReadinessSchema } },
      refuses: ['unavailable'],
      handle: async () => {
        const { isReady, parts, progress } = health;
        if (isReady) return { status: 200, body: { status: 'ready', parts } };
        const problem = problemOf(new TwinError('unavailable', 'a part of the server is not ready'));
        return { status: problem.status, body: { ...problem, parts, progress }, mediaType: PROBLEM_TYPE };
      },
    },
  ];
}
