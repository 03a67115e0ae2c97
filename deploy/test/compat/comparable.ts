/** What a Go program prints for a field that is not set: counts as absent. */
const unset: Readonly<Record<string, unknown>> = {
  cpu: 0,
  ipcMode: '',
  pidMode: '',
  networkMode: '',
  propagateTags: '',
  pendingCount: 0,
  runningCount: 0,
  enableECSManagedTags: false,
  enableExecuteCommand: false,
  service_definition: '',
};

/** A document as data: without what is unset, and what is null or an empty list. */
export function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([key, one]) =>
      one !== null &&
      !(Array.isArray(one) && one.length === 0) &&
      !(Object.hasOwn(unset, key) && unset[key] === one),
  );
  return Object.fromEntries(entries.map(([key, one]) => [key, comparable(one)]));
}
