import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isObject, type JsonObject, TwinError } from '@muster/twin';
import { UsageError } from '../failure/usage-error.js';

const HTTP_URL_DEFAULT = 'http://127.0.0.1:8080';
const MQTT_PORT_DEFAULT = 1883;

/** Address and token of the server, from options, environment and the local data directory. */
export interface Connection {
  readonly url: string;
  readonly mqttUrl: string;
  /** Undefined if none was found. */
  readonly token: string | undefined;
  /** The data directory that was searched, for the error message. */
  readonly dataDirectory: string;
}

export interface ConnectionOptions {
  readonly server?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly mqtt?: string | undefined;
}

interface LocalSettings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
}

/** Options come first, then the environment, then the files of a server in the local data directory. */
export function findConnection(
  options: ConnectionOptions,
  { environment, workingDirectory }: LocalSettings,
): Connection {
  const dataDirectory = resolve(workingDirectory, environment.MUSTER_DATA_DIR || 'data');
  const announced = readAnnouncement(join(dataDirectory, 'server.json'));
  const url = checkUrl(options.server ?? (environment.MUSTER_URL || undefined) ?? announced.http ?? HTTP_URL_DEFAULT);
  const isAnnounced = announced.http !== undefined && sameOrigin(url, announced.http);
  const tokenGiven = tokenFromFile(options.tokenFile, workingDirectory) ?? (environment.MUSTER_TOKEN || undefined);
  const isHere = isAnnounced || isLoopback(url);
  return {
    url,
    mqttUrl: options.mqtt ?? (isAnnounced ? announced.mqtt : undefined) ?? defaultMqttUrl(url),
    token: tokenGiven ?? (isHere ? readToken(join(dataDirectory, 'admin.token')) : undefined),
    dataDirectory,
  };
}

/** Returns the token; without one, throws an error that says how to give it. */
export function requireToken({ token, url, dataDirectory }: Connection): string {
  if (token !== undefined) return token;
  const place = isLoopback(url)
    ? `set MUSTER_DATA_DIR to the server's data directory (there is no admin.token in ${dataDirectory})`
    : 'the token of a local data directory is not sent to other machines';
  throw new TwinError('unauthorized', `no API token for ${url}: use --token-file or MUSTER_TOKEN; ${place}`);
}

function readAnnouncement(file: string): { readonly http?: string; readonly mqtt?: string } {
  const { http, mqtt } = parseLeniently(readIfThere(file));
  return { ...(typeof http === 'string' && { http }), ...(typeof mqtt === 'string' && { mqtt }) };
}

/** Returns nothing for a file that is just being written. */
function parseLeniently(text: string | undefined): JsonObject {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function tokenFromFile(file: string | undefined, workingDirectory: string): string | undefined {
  if (file === undefined) return undefined;
  const token = readToken(resolve(workingDirectory, file));
  if (token === undefined) throw new UsageError(`--token-file: ${file} does not exist or is empty`);
  return token;
}

function readToken(file: string): string | undefined {
  return readIfThere(file)?.trim() || undefined;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === 'EACCES') throw new TwinError('forbidden', `${file} is not readable by this user`, {}, { cause });
    throw cause;
  }
}

function checkUrl(text: string): string {
  const url = parseUrl(text);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return text.replace(/\/+$/, '');
  throw new UsageError(`the server must be a URL such as ${HTTP_URL_DEFAULT}, not "${text}"`);
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function sameOrigin(left: string, right: string): boolean {
  return parseUrl(left)?.origin === parseUrl(right)?.origin;
}

function isLoopback(url: string): boolean {
  const host = parseUrl(url)?.hostname ?? '';
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}

function defaultMqttUrl(url: string): string {
  return `mqtt://${parseUrl(url)?.hostname ?? '127.0.0.1'}:${MQTT_PORT_DEFAULT}`;
}
