import type { Rooms } from './rooms.js';

export const reconciler: Rooms = {
  workqueue: [],
  'rollout/admission': [],
  'rollout/schedule': [],
  rollout: ['rollout/admission', 'rollout/schedule'],
  cache: ['rollout/admission'],
  fleet: ['cache', 'workqueue'],
  resolve: ['cache'],
  watch: ['cache', 'fleet', 'workqueue'],
  'rollout-controller': ['rollout', 'rollout/admission', 'rollout/schedule', 'cache', 'workqueue', 'fleet'],
  stability: ['cache', 'resolve', 'workqueue', 'rollout/admission', 'fleet'],
  preview: ['resolve', 'cache', 'fleet'],
  status: ['rollout-controller'],
};
