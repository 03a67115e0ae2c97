type Json = Record<string, unknown>;

interface Tag {
  Key: string;
  Value: string;
}

/** What AWS Budgets is told and moto cannot say: who hears of a notification, and tags. */
export class BudgetMemory {
  /** By budget and notification. */
  private readonly subscribers = new Map<string, unknown>();
  /** By `account/budget`. */
  private readonly tags = new Map<string, readonly Tag[]>();

  /** The output of an operation that moto lacks; undefined where moto has it. */
  answer(operation: string, input: Json): Json | undefined {
    const owner = ownerOf(input.ResourceARN);
    const tags = this.tags.get(owner) ?? [];
    switch (operation) {
      case 'DescribeSubscribersForNotification':
        return { Subscribers: this.subscribers.get(keyOf(input)) ?? [] };
      case 'ListTagsForResource':
        return { ResourceTags: tags };
      case 'TagResource': {
        const added = (input.ResourceTags ?? []) as Tag[];
        this.tags.set(owner, [
          ...without(
            tags,
            added.map(({ Key }) => Key),
          ),
          ...added,
        ]);
        return {};
      }
      case 'UntagResource':
        this.tags.set(owner, without(tags, (input.ResourceTagKeys ?? []) as string[]));
        return {};
      default:
        return undefined;
    }
  }

  /** Keeps what goes on to moto. */
  hear(operation: string, input: Json): void {
    const { AccountId } = input;
    if (operation === 'CreateBudget') {
      const { BudgetName } = (input.Budget ?? {}) as Json;
      this.tags.set(`${String(AccountId)}/${String(BudgetName)}`, (input.ResourceTags ?? []) as Tag[]);
      for (const entry of (input.NotificationsWithSubscribers ?? []) as Json[])
        this.subscribers.set(keyOf({ AccountId, BudgetName, ...entry }), entry.Subscribers);
    }
    if (operation === 'CreateNotification') this.subscribers.set(keyOf(input), input.Subscribers);
  }
}

/** `arn:aws:budgets::123456789012:budget/monthly` is `123456789012/monthly`. */
function ownerOf(arn: unknown): string {
  const [, account = '', name = ''] = /^arn:[^:]*:budgets::(\d*):budget\/(.*)$/.exec(String(arn)) ?? [];
  return `${account}/${name}`;
}

function without(tags: readonly Tag[], keys: readonly string[]): Tag[] {
  return tags.filter(({ Key }) => !keys.includes(Key));
}

function keyOf({ AccountId, BudgetName, Notification }: Json): string {
  const { NotificationType, ComparisonOperator, Threshold, ThresholdType } = (Notification ?? {}) as Json;
  return JSON.stringify([
    AccountId,
    BudgetName,
    NotificationType,
    ComparisonOperator,
    Number(Threshold),
    ThresholdType ?? 'PERCENTAGE',
  ]);
}
