import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import { Construct } from 'constructs';

export interface DashboardProps {
  readonly name: string;
  readonly region: string;
  readonly clusterName: string;
  /** CloudWatch's dimension. */
  readonly loadBalancer: string;
  readonly services: readonly {
    readonly name: string;
    readonly blue: string;
    readonly green: string;
    readonly logGroupName: string;
  }[];
}

const WIDTH = 24;
const HEIGHT = 6;

/** A row for each service: traffic and errors, response time, what its tasks use, and its last lines that speak of errors. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const { region, clusterName, loadBalancer } = props;
    const rows = props.services.map((service) => {
      const both = (metric: string, stat: string) =>
        [service.blue, service.green].map((group) => [
          'AWS/ApplicationELB',
          metric,
          'TargetGroup',
          group,
          'LoadBalancer',
          loadBalancer,
          { stat, label: `${metric} ${stat}` },
        ]);
      const used = (metric: string) => [
        'AWS/ECS',
        metric,
        'ClusterName',
        clusterName,
        'ServiceName',
        service.name,
        { stat: 'Average' },
      ];
      return [
        chart(`${service.name}: requests`, [
          ...both('RequestCount', 'Sum'),
          ...both('HTTPCode_Target_5XX_Count', 'Sum'),
        ]),
        chart(`${service.name}: seconds`, both('TargetResponseTime', 'p95')),
        chart(`${service.name}: percent`, [used('CPUUtilization'), used('MemoryUtilization')]),
        {
          type: 'log',
          properties: {
            title: `${service.name}: errors`,
            query: `SOURCE '${service.logGroupName}' | fields @timestamp, @message | filter @message like /(?i)error/ | sort @timestamp desc | limit 20`,
            view: 'table',
            region,
          },
        },
      ];
    });
    const widgets = rows.flatMap((row, y) =>
      row.map((widget, column) => ({
        ...widget,
        x: (column * WIDTH) / row.length,
        y: y * HEIGHT,
        width: WIDTH / row.length,
        height: HEIGHT,
      })),
    );
    new CloudwatchDashboard(this, 'dashboard', {
      dashboardName: props.name,
      dashboardBody: JSON.stringify({ widgets }),
    });

    function chart(title: string, metrics: readonly unknown[]) {
      return { type: 'metric', properties: { title, metrics, period: 60, view: 'timeSeries', region } };
    }
  }
}
