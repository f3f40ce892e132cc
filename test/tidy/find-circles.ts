/** Returns the circles of a graph, each as `a -> b -> a`. */
export function findCircles(targets: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (name: string, way: readonly string[]): void => {
    if (way.includes(name)) circles.push([...way.slice(way.indexOf(name)), name].join(' -> '));
    if (done.has(name) || way.includes(name)) return;
    for (const target of targets.get(name) ?? []) visit(target, [...way, name]);
    done.add(name);
  };
  for (const name of targets.keys()) visit(name, []);
  return circles;
}
