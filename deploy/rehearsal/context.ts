/** What the commands of the rehearsal share: where they write, where they stand, what stops them. */
export interface RehearsalContext {
  /** Root of the repository: the folder that holds cdktf.json. */
  repository: string;
  env: Readonly<Record<string, string | undefined>>;
  stdout: (text: string) => void;
  stderr: (text: string) => void;
  signal: AbortSignal;
}
