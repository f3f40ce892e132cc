import { describe, expect, it } from 'vitest';
import { readQuery } from './query-string.js';

const KNOWN = ['where', 'limit'];

describe('readQuery', () => {
  it.each([
    ['/v1/devices', {}],
    ['/v1/devices?', {}],
    ['/v1/devices?&&limit=1&', { limit: '1' }],
    ['/v1/devices?limit', { limit: '' }],
    ['/v1/devices?where=a=1', { where: 'a=1' }],
    ['/v1/devices?where=a%20%3D+1', { where: 'a = 1' }],
    ['/v1/devices?where=%2B%C3%BC', { where: '+ü' }],
    ['/v1/devices?where=a?b', { where: 'a?b' }],
  ])('reads %s', (url, values) => {
    expect(readQuery(url, KNOWN)).toEqual(values);
  });

  it.each([
    ['/?limt=1', 'known are where, limit'],
    ['/?__proto__=1', 'known are'],
    ['/?limit=1&limit=1', 'twice'],
    ['/?where=%', 'UTF-8'],
    ['/?where=%C3', 'UTF-8'],
  ])('refuses %s', (url, reason) => {
    const refusal = { code: 'bad-request', message: expect.stringContaining(reason) };
    expect(() => readQuery(url, KNOWN)).toThrow(expect.objectContaining(refusal));
  });
});
