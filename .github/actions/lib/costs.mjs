// What costs by the hour or the month, whether or not anybody uses it. List prices of us-east-1 as known in 2026,
// approximate; other regions cost up to a third more.

/** By resource type: dollars a month for one, and what comes on top by use. */
const COSTS = {
  aws_nat_gateway: [33, 'and $0.045 a GB'],
  aws_eip: [3.65],
  aws_lb: [16, 'and by use; with two public addresses $7 more'],
  aws_vpc_endpoint: [7, 'a zone, and by use'],
  aws_instance: [undefined, 'by its type'],
  aws_autoscaling_group: [undefined, 'by its instances'],
  aws_launch_template: undefined,
  aws_db_instance: [undefined, 'by its class'],
  aws_rds_cluster: [undefined, 'by its instances'],
  aws_elasticache_replication_group: [undefined, 'by its nodes'],
  aws_efs_file_system: [undefined, '$0.30 a GB'],
  aws_kms_key: [1],
  aws_secretsmanager_secret: [0.4],
  aws_route53_zone: [0.5],
  aws_wafv2_web_acl: [5, 'and $1 a rule'],
  aws_cloudwatch_dashboard: [3],
  aws_cloudwatch_metric_alarm: [0.1],
  aws_flow_log: [undefined, '$0.50 a GB of log'],
  aws_cloudfront_distribution: [undefined, 'by use'],
  aws_cloudtrail: [undefined, 'by events, after the first trail'],
  aws_ecs_cluster: undefined,
};

/** Attributes that change what a thing costs when they change. */
const PRICED = {
  aws_instance: ['instance_type'],
  aws_launch_template: ['instance_type', 'instance_requirements'],
  aws_autoscaling_group: ['min_size', 'desired_capacity'],
  aws_db_instance: ['instance_class', 'allocated_storage', 'multi_az'],
  aws_vpc_endpoint: ['subnet_ids'],
  aws_lb: ['subnets'],
  aws_ecs_cluster: ['setting'],
  aws_cloudwatch_log_group: ['retention_in_days'],
  aws_efs_file_system: ['throughput_mode', 'provisioned_throughput_in_mibps'],
};

/**
 * @param {any[]} changes resource_changes of `terraform show -json`
 * @returns {string[]} one line each, in plain words
 */
export function costLines(changes) {
  const lines = [];
  for (const [type, price] of Object.entries(COSTS)) {
    if (price === undefined) continue;
    const own = changes.filter((each) => each.type === type && isPriced(each));
    const made = own.filter(({ change }) => change.actions.includes('create')).length;
    const gone = own.filter(({ change }) => change.actions.includes('delete')).length;
    const more = made - gone;
    if (more === 0) continue;
    const [dollars, byUse] = price;
    const sum =
      dollars === undefined ? '' : `about ${more > 0 ? '+' : '-'}$${round(Math.abs(more) * dollars)} a month`;
    lines.push(
      `${more > 0 ? '+' : '-'}${Math.abs(more)} ${type}: ${[sum, byUse].filter(Boolean).join(', ')}`,
    );
  }
  for (const { address, type, change } of changes) {
    if (change.actions.join() !== 'update') continue;
    const names = (PRICED[type] ?? []).filter((name) => differs(change.before?.[name], change.after?.[name]));
    if (names.length > 0) lines.push(`${address}: ${names.join(', ')} changes, and what it costs with it`);
  }
  return lines;
}

/** A gateway endpoint costs nothing. */
function isPriced({ type, change }) {
  const { vpc_endpoint_type: kind } = change.after ?? change.before ?? {};
  return type !== 'aws_vpc_endpoint' || (kind !== 'Gateway' && kind !== undefined && kind !== null);
}

const differs = (one, other) => JSON.stringify(one) !== JSON.stringify(other);
const round = (dollars) => String(Math.round(dollars * 100) / 100);
