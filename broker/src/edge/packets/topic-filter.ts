/** Whether `filter` is a topic filter as section 4.7.1 of MQTT 3.1.1 allows: `#` alone and last, `+` alone in a level. */
export function isFilter(filter: string): boolean {
  if (filter.length === 0) return false;
  const levels = filter.split('/');
  return levels.every((level, index) => {
    if (level === '#') return index === levels.length - 1;
    return level === '+' || !hasWildcard(level);
  });
}

export function hasWildcard(topic: string): boolean {
  return topic.includes('+') || topic.includes('#');
}

export function countLevels(topic: string): number {
  let levels = 1;
  for (let at = topic.indexOf('/'); at !== -1; at = topic.indexOf('/', at + 1)) levels++;
  return levels;
}

/** Whether a filter matches a topic; a leading wildcard never matches a topic that begins with `$` [MQTT-4.7.2-1]. */
export function filterMatches(filter: string, topic: string): boolean {
  if (filter === topic) return true;
  if (!hasWildcard(filter)) return false;
  if (topic.startsWith('$') && (filter.startsWith('+') || filter.startsWith('#'))) return false;
  const filterLevels = filter.split('/');
  const topicLevels = topic.split('/');
  for (const [index, level] of filterLevels.entries()) {
    if (level === '#') return true;
    if (index >= topicLevels.length || (level !== '+' && level !== topicLevels[index])) return false;
  }
  return filterLevels.length === topicLevels.length;
}

const RESERVED = ['$SYS/', '$share/', '$queue/', '$muster/'] as const;

/** Filters of the broker itself, or of features that MQTT 3.1.1 does not have: never granted. */
export function isReservedFilter(filter: string): boolean {
  return filter === '$SYS' || RESERVED.some((prefix) => filter.startsWith(prefix));
}
