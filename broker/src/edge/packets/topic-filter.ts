/** Reports whether `filter` follows section 4.7.1 of MQTT 3.1.1: `#` is the whole last level, `+` is a whole level. */
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

/** Reports whether a filter matches a topic. A leading wildcard does not match a leading `$` [MQTT-4.7.2-1]. */
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

/** Reports whether a filter belongs to the broker or to a feature beyond MQTT 3.1.1. Such a filter is never granted. */
export function isReservedFilter(filter: string): boolean {
  return filter === '$SYS' || RESERVED.some((prefix) => filter.startsWith(prefix));
}
