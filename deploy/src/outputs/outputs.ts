export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What infrastructure exported, wherever it was read from. */
export interface Outputs {
  /** Printable: `ssm:///slipway/staging`, or a file's path. */
  source: string;
  /** Of the contract that produced them, where the source says it (SSM does, a state file does not). */
  contractHash: string | undefined;
  /** Top-level outputs of the environment. */
  environment: Readonly<Record<string, Json>>;
  /** By service, then by name. */
  services: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** Whole Terraform state, where the source is one: `tfstate` looks resources up in it. */
  state: Json | undefined;
  /** Names that Terraform marked sensitive; their values are never printed. */
  sensitive: ReadonlySet<string>;
}
