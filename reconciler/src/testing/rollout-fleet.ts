import type {
  Acknowledgement,
  Admission,
  ConfigurationAssignment,
  RolloutEffect,
  RolloutProgress,
} from '@muster/registry';
import { isTwinError, type RolloutPolicy } from '@muster/twin';
import { actOnRollout } from '../rollout/act-on-rollout.js';
import { admissionOrder } from '../rollout/admission/admission-order.js';
import { admissionResult } from '../rollout/admission/admission-result.js';
import { type AdmittingRollout, admit } from '../rollout/admission/admit.js';
import { isAdmitted, layerOf } from '../rollout/admission/layer-of.js';
import { disconnected, nextAdmission, owesAnswer } from '../rollout/admission/next-admission.js';
import { advanceRollout, type RolloutFacts, restoreRollout, spendAdmissions } from '../rollout/advance-rollout.js';
import { putRollout, stableGeneration } from '../rollout/put-rollout.js';
import { type AdmissionPlace, compareAdmission } from './compare-admission.js';
import {
  STORY_STARTS_AT,
  type StoryAnswer,
  type StoryCommand,
  type StoryContent,
  type StoryDevice,
  type StoryStep,
  type StoryTag,
} from './rollout-story.js';

const ID = 'c';
const CREATED = 1;

/** A device with what is stored of it, and with what it makes of what it gets. */
export interface FleetDevice {
  readonly id: string;
  readonly tags: Record<StoryTag, boolean>;
  isConnected: boolean;
  isOverridden: boolean;
  version: number;
  document: string;
  standing: ConfigurationAssignment | undefined;
  acknowledged: Acknowledgement | undefined;
  admission: Admission | undefined;
  /** Since when it owes an answer in this attempt and this connection, by the clock that is never set. */
  silent: { readonly attempt: string; readonly since: number } | undefined;
  answers: readonly StoryAnswer[];
  readonly received: Record<string, number>;
  receivedVersion: number;
  answer: { readonly version: number; readonly answer: StoryAnswer } | undefined;
}

export interface FleetConfiguration {
  generation: number;
  contentGeneration: number;
  content: StoryContent;
  stable: { readonly content: StoryContent; readonly contentGeneration: number } | undefined;
  enabled: boolean;
  policy: RolloutPolicy | undefined;
  progress: RolloutProgress | undefined;
  readonly history: Record<number, { readonly content: StoryContent; readonly contentGeneration: number }>;
}

/** What one tick of a rollout saw and did, for those who check it. */
export interface FleetTick {
  readonly before: RolloutProgress;
  readonly facts: RolloutFacts;
  readonly admitted: readonly string[];
  /** When time alone may change something next, of the rollout or of a device. */
  readonly nextAt: number;
}

/**
 * A configuration and its devices in arrays: everything is looked at in every step, nothing is remembered besides what
 * would be stored. It makes of the state machine what a server would, in the simplest way there is.
 */
export class RolloutFleet {
  readonly devices: FleetDevice[];
  configuration: FleetConfiguration | undefined;
  /** The time on the wall, and that which is never set. */
  now = STORY_STARTS_AT;
  elapsedMs = 0;
  tick: FleetTick | undefined;
  #tickedAt = 0;
  #stored: RolloutProgress | undefined;
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(devices: readonly StoryDevice[]) {
    this.devices = devices.map(({ tags, isConnected, answers }, index) => ({
      id: `d${index}`,
      tags: { ...tags },
      isConnected,
      isOverridden: false,
      version: 0,
      document: '',
      standing: undefined,
      acknowledged: undefined,
      admission: undefined,
      silent: undefined,
      answers,
      received: {},
      receivedVersion: 0,
      answer: undefined,
    }));
  }

  step({ elapsedMs, jumpMs, command }: Omit<StoryStep, 'isRestarted'>): void {
    this.now += elapsedMs + jumpMs;
    this.elapsedMs += elapsedMs;
    for (const device of this.devices) this.#answer(device);
    this.#perform(command);
    for (const device of this.devices) this.#reconcile(device);
    this.tick = this.#tick();
    this.#dueAt = Number.POSITIVE_INFINITY;
    for (const device of this.devices) this.#reconcile(device);
    if (this.tick) this.tick = { ...this.tick, nextAt: Math.min(this.tick.nextAt, this.#dueAt) };
    for (const device of this.devices) receive(device);
  }

  /** As if everything had been stored a moment ago: nothing may come of it. */
  restart(): void {
    for (const device of this.devices) endSilence(device, this.elapsedMs);
    this.configuration = this.configuration && JSON.parse(JSON.stringify(this.configuration));
    this.devices.splice(0, this.devices.length, ...JSON.parse(JSON.stringify(this.devices)));
    for (const device of this.devices) this.#listen(device);
  }

  /** As after a loss of power: only what had to be stored is there. */
  crash(): void {
    if (this.configuration && this.#stored) this.configuration.progress = restoreRollout(this.#stored);
    for (const device of this.devices) device.silent = undefined;
    this.#tickedAt = this.elapsedMs;
    for (const device of this.devices) this.#listen(device);
  }

  /** From now on every device answers, also what it has already, and applies what it gets. */
  heal(): void {
    for (const device of this.devices) {
      device.answers = ['applies'];
      if (device.answer) device.answer = { ...device.answer, answer: 'applies' };
    }
  }

  matches(device: FleetDevice, content: StoryContent | undefined): boolean {
    return content !== undefined && device.tags[content.tag];
  }

  /** The admitted as they are counted. */
  admitted(): FleetDevice[] {
    const { progress } = this.configuration ?? {};
    return this.devices.filter(({ admission }) => isAdmitted(admission) && admission?.key === progress?.key);
  }

  #perform(command: StoryCommand): void {
    switch (command.kind) {
      case 'nothing':
        break;
      case 'tag':
        this.#deviceAt(command.device).tags[command.tag] = command.has;
        break;
      case 'override':
        this.#deviceAt(command.device).isOverridden = command.isOverridden;
        break;
      case 'connect':
        this.#connect(this.#deviceAt(command.device), command.isConnected);
        break;
      case 'put':
        this.#put(command);
        break;
      case 'rewrite':
      case 'switch':
        if (this.configuration) this.#put({ ...this.configuration, ...command });
        break;
      case 'act':
        this.#act(command);
        break;
    }
  }

  #deviceAt(index: number): FleetDevice {
    const device = this.devices[index % this.devices.length];
    if (device === undefined) throw new Error('a fleet has a device at least');
    return device;
  }

  #connect(device: FleetDevice, isConnected: boolean): void {
    if (!isConnected) endSilence(device, this.elapsedMs);
    device.isConnected = isConnected;
  }

  #put({ content, policy, enabled }: Pick<FleetConfiguration, 'content' | 'policy' | 'enabled'>): void {
    const before = this.configuration;
    const isSameContent = before?.content.value === content.value && before.content.tag === content.tag;
    const isSame = isSameContent && JSON.stringify(before?.policy) === JSON.stringify(policy);
    const generation = before ? before.generation + (isSame ? 0 : 1) : 1;
    const progress = putRollout(before, { generation, policy, enabled, isSameContent }, { by: 'ann', at: this.now });
    const stable = before && stableGeneration(before);
    const contentGeneration = before?.content.value === content.value ? before.contentGeneration : generation;
    this.configuration = {
      generation,
      contentGeneration,
      content,
      stable: isSameContent || stable === undefined ? before?.stable : (before?.history[stable] ?? before?.stable),
      enabled,
      policy,
      progress,
      history: { ...before?.history, [generation]: { content, contentGeneration } },
    };
    this.#stored = progress;
  }

  #act({ action }: Extract<StoryCommand, { kind: 'act' }>): void {
    const { configuration } = this;
    if (configuration === undefined) return;
    const kept = Object.keys(configuration.history).map(Number);
    try {
      const context = { ...configuration, by: 'ann', at: this.now, kept };
      const { progress, effect } = actOnRollout(configuration.progress, action, context);
      this.#store(progress, effect);
    } catch (error) {
      if (!isTwinError(error)) throw error;
    }
  }

  #store(progress: RolloutProgress, effect: RolloutEffect | undefined): void {
    const { configuration } = this;
    if (configuration === undefined) return;
    configuration.progress = progress;
    this.#stored = progress;
    if (effect?.kind !== 'rollback') return;
    const target = configuration.history[effect.generation];
    if (target === undefined) throw new Error(`there is no generation ${effect.generation}`);
    configuration.generation += 1;
    configuration.content = target.content;
    configuration.contentGeneration = target.contentGeneration;
    configuration.history[configuration.generation] = target;
  }

  #tick(): FleetTick | undefined {
    const { configuration } = this;
    if (configuration?.progress === undefined || configuration.policy === undefined) return undefined;
    const { progress: before, policy } = configuration;
    const facts = this.#facts(configuration);
    const tick = { now: this.now, elapsedMs: this.elapsedMs - this.#tickedAt };
    this.#tickedAt = this.elapsedMs;
    const step = advanceRollout(before, policy, facts, tick);
    const progress = spendAdmissions(step.progress, policy, step.admit);
    if (step.mustStore || step.admit > 0) this.#store(progress, step.effect);
    configuration.progress = progress;
    const nextAt = step.nextAt ?? Number.POSITIVE_INFINITY;
    return { before, facts, admitted: this.#admit(configuration, step.admit), nextAt };
  }

  #facts(configuration: FleetConfiguration): RolloutFacts {
    const { generation, content, enabled } = configuration;
    const matching = enabled ? this.devices.filter((device) => this.matches(device, content)) : [];
    const all = new Set(this.admitted());
    const admitted = matching.filter((device) => all.has(device));
    const results = admitted.map(({ admission, standing }) => {
      const isCurrent = standing?.generation === configuration.contentGeneration;
      return admission && admissionResult(admission, isCurrent ? standing : undefined);
    });
    const count = (result: string) => results.filter((one) => one === result).length;
    const counts = { applied: count('applied'), failed: count('failed') };
    return { generation, matching: matching.length, admitted: admitted.length, granted: 0, ...counts };
  }

  #admit(configuration: FleetConfiguration, count: number): readonly string[] {
    const rollout = admitting(configuration);
    if (count === 0 || rollout === undefined) return [];
    const waiting = this.waiting().slice(0, count);
    for (const device of this.devices.filter(({ id }) => waiting.includes(id))) {
      const { version: desiredVersion, isConnected } = device;
      device.admission = admit(device.admission, rollout, { desiredVersion, isConnected }, this.now);
    }
    return waiting;
  }

  /** Who matches and is not admitted, in order. */
  waiting(): string[] {
    const { configuration } = this;
    if (configuration?.progress === undefined) return [];
    const orderOf = admissionOrder(ID, configuration.progress.key);
    const admitted = new Set(this.admitted());
    const waiting = this.devices.filter((one) => this.matches(one, configuration.content) && !admitted.has(one));
    const places: AdmissionPlace[] = waiting.map(({ id }) => ({ id, order: orderOf(id) }));
    return places.sort(compareAdmission).map(({ id }) => id);
  }

  #reconcile(device: FleetDevice): void {
    const { configuration } = this;
    if (configuration === undefined) return;
    const { content, stable, enabled, progress, policy, contentGeneration } = configuration;
    const matchesCurrent = this.matches(device, content);
    const rollout = admitting(configuration);
    if (rollout) {
      const { id, standing, acknowledged, version: desiredVersion, isConnected, silent } = device;
      const facts = {
        device: id,
        matches: matchesCurrent,
        standing: standing?.generation === contentGeneration ? standing : undefined,
        acknowledged,
        desiredVersion,
        isConnected,
        silentMs: silent ? this.elapsedMs - silent.since : 0,
      };
      const { admission, dueInMs } = nextAdmission(device.admission, facts, rollout, this.now);
      device.admission = admission;
      if (dueInMs !== undefined) this.#dueAt = Math.min(this.#dueAt, this.now + dueInMs);
    }
    const layer = layerOf({
      enabled,
      progress,
      onFailure: policy?.onFailure ?? 'fallback',
      admission: device.admission,
      matchesCurrent,
      matchesStable: this.matches(device, stable?.content),
    });
    write(device, layer === 'current' ? configuration : layer === 'stable' ? stable : undefined);
    this.#listen(device);
  }

  /** Begins to measure how long it is silent, or ends that. */
  #listen(device: FleetDevice): void {
    const { admission, standing, isConnected } = device;
    const isOwing = admission !== undefined && isConnected && owesAnswer(admission, standing);
    const attempt = isOwing ? `${admission.key}/${admission.attempts}` : undefined;
    if (device.silent?.attempt === attempt) return;
    if (attempt === undefined) endSilence(device, this.elapsedMs);
    else device.silent = { attempt, since: this.elapsedMs };
  }

  #answer(device: FleetDevice): void {
    const { answer, standing, isConnected } = device;
    if (answer === undefined || answer.answer === 'is silent' || !isConnected) return;
    device.answer = undefined;
    if (answer.version < (device.acknowledged?.version ?? 0)) return;
    const status = answer.answer === 'applies' ? 'applied' : 'failed';
    device.acknowledged = { version: answer.version, status, at: this.now };
    const isBrought = standing?.since !== undefined && standing.since <= answer.version;
    if (standing && isBrought && status === 'applied') device.standing = { ...standing, applied: true };
  }
}

function admitting({ progress, policy, enabled }: FleetConfiguration): AdmittingRollout | undefined {
  if (progress === undefined || policy === undefined) return undefined;
  const { key, phase, state } = progress;
  return { id: ID, created: CREATED, key, phase, state, enabled, policy };
}

function endSilence(device: FleetDevice, elapsedMs: number): void {
  const { silent, admission } = device;
  device.silent = undefined;
  if (silent === undefined || admission === undefined) return;
  if (silent.attempt === `${admission.key}/${admission.attempts}`)
    device.admission = disconnected(admission, elapsedMs - silent.since);
}

/** The document and the standing that follow from the layer, as they are written. */
function write(device: FleetDevice, layer: { content: StoryContent; contentGeneration: number } | undefined): void {
  const { standing, acknowledged, isOverridden: overridden } = device;
  const document = overridden ? 'own' : (layer?.content.value ?? '');
  if (document !== device.document) device.version += 1;
  device.document = document;
  if (layer === undefined) {
    device.standing = undefined;
    return;
  }
  const identity = { id: ID, generation: layer.contentGeneration, created: CREATED };
  if (overridden) {
    device.standing = { ...identity, applied: false, overridden };
  } else if (standing?.generation !== identity.generation || standing.since === undefined) {
    const { version } = device;
    const applied = version === 0 || (acknowledged?.status === 'applied' && acknowledged.version >= version);
    device.standing = { ...identity, since: version, applied, overridden };
  }
}

/** What is sent to a device that is connected; it answers a step later, if it does. */
function receive(device: FleetDevice): void {
  const { document, version, answers, received } = device;
  if (!device.isConnected || device.receivedVersion === version) return;
  const times = received[document] ?? 0;
  received[document] = times + 1;
  device.receivedVersion = version;
  const isPlain = document === '' || document === 'own';
  device.answer = { version, answer: isPlain ? 'applies' : (answers[times % answers.length] ?? 'applies') };
}
