import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTerraform, type Terraform } from '../../deploy/rehearsal/apply/terraform';
import type { StackDocument } from './synth';

/** What became of one stack under terraform. */
export interface Life {
  /** Resources that the first apply made, and those that it changed or destroyed. */
  applied: { added: number; changed: number; destroyed: number };
  /** The plan after that; a line for each change. */
  after: string[];
  outputs: Record<string, unknown>;
  /** Addresses in state once it was destroyed. */
  left: string[];
}

export interface World {
  /** Where AWS is. */
  endpoint: string;
  /** Of the synthesised stacks. */
  outdir: string;
  /** Scratch. */
  directory: string;
  /** Of whoever applies. */
  credentials: Readonly<Record<string, string>>;
}

/** Terraform for one stack: with a provider process of its own, so that others may run beside it. */
export class StackUnderTerraform {
  private readonly terraform: Terraform;
  private readonly folder: string;

  constructor(
    private readonly world: World,
    private readonly name: string,
  ) {
    this.folder = join(world.outdir, 'stacks', name);
    this.terraform = this.open({});
  }

  /** @param whileUp runs between the empty plan and the destroy. */
  async life(whileUp: (stack: this) => Promise<void> = () => Promise.resolve()): Promise<Life> {
    try {
      await this.terraform.init(this.folder);
      const applied = await this.terraform.apply(this.folder);
      const after = (await this.terraform.plan(this.folder)).summary;
      const outputs = await this.terraform.outputs(this.folder);
      await whileUp(this);
      await this.terraform.destroy(this.folder);
      return { applied, after, outputs, left: await this.addresses() };
    } finally {
      await this.terraform.close();
    }
  }

  /** What terraform would do if the synthesised stack were changed so; the stack stays as it is. */
  async planWith(change: (document: StackDocument) => object): Promise<string[]> {
    const file = join(this.folder, 'cdk.tf.json');
    const text = readFileSync(file, 'utf8');
    try {
      writeFileSync(file, JSON.stringify(change(JSON.parse(text) as StackDocument)));
      return (await this.terraform.plan(this.folder)).summary;
    } finally {
      writeFileSync(file, text);
    }
  }

  /** Addresses of what is in state, without what is only read. */
  async addresses(): Promise<string[]> {
    const { resources } = await this.terraform.state(this.folder);
    return resources
      .filter(({ mode }) => mode === 'managed')
      .map(({ type, name }) => `${type}.${name}`)
      .sort();
  }

  /**
   * Destroys until it says that it waits for this resource, and is then interrupted, as a person who has seen enough does
   * with Ctrl-C: where AWS says no the provider tries for ten minutes.
   * @returns what it said.
   */
  async destroyUntilStuckAt(address: string): Promise<string[]> {
    const lines: string[] = [];
    const interruption = new AbortController();
    const terraform = this.open({
      signal: interruption.signal,
      onLine: (line) => {
        lines.push(line);
        if (line.startsWith(`${address}: Still destroying...`)) interruption.abort();
      },
    });
    try {
      await terraform.destroy(this.folder);
      throw new Error(`${this.name} was destroyed whole`);
    } catch (error) {
      if (!interruption.signal.aborted) throw error;
      return [...lines, ...String(error).split('\n')];
    } finally {
      await terraform.close();
    }
  }

  private open(more: { signal?: AbortSignal; onLine?: (line: string) => void }): Terraform {
    const directory = join(this.world.directory, `${this.name}-terraform`);
    mkdirSync(directory, { recursive: true });
    return openTerraform({
      endpoint: this.world.endpoint,
      environment: { AWS_REGION: 'ap-northeast-1', ...this.world.credentials },
      directory,
      ...more,
    });
  }
}
