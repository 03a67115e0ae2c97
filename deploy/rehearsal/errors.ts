/** Something that the person who called can mend: a missing tool, a wrong option. The message says how. */
export class UsageError extends Error {}
